# Shared by ./dev and everything it sources: where things lie, progress, locks.
# Expects $ROOT, the repository. Progress goes to stderr; stdout belongs to the command itself.

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/bgworkers
JOBS=$(nproc 2>/dev/null || echo 2)
LOGS=${ROOT#/}
LOGS=$CACHE/logs/${LOGS//[^A-Za-z0-9.]/-}  # two trees may be tested at the same time
export CCACHE_DIR=$CACHE/ccache
# Objects know the folder they were made in, which no debugger needs here. The core's are the same for every engine.
export CCACHE_NOHASHDIR=1
export CCACHE_SLOPPINESS=pch_defines,time_macros  # else nothing with precompiled headers is kept
mkdir -p "$CACHE"/{build,ccache,downloads,locks} "$LOGS"

# Debian's directory of compiler names that go through ccache: CC stays plain `cc`, so nothing of
# ours ends up in php-config or in phpize.
[ ! -d /usr/lib/ccache ] || export PATH=/usr/lib/ccache:$PATH

say() { printf '%s\n' "dev: $*" >&2; }

die() { say "$*"; exit 1; }

# run_logged WHAT USUALLY COMMAND...: runs COMMAND with its output in a log and shows a sign of life.
# COMMAND may be a function; its steps must be chained with &&, for errexit is off in here.
run_logged() {
    local what=$1 usually=$2 log started=$SECONDS pid status=0 lines
    shift 2
    log=$LOGS/${what//[^A-Za-z0-9.]/-}.log
    say "$what (usually $usually; log: $log)"
    "$@" >"$log" 2>&1 </dev/null &
    pid=$!
    local shown=$SECONDS
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.2
        if [ $((SECONDS - shown)) -ge 15 ]; then
            shown=$SECONDS
            lines=$(wc -l <"$log")
            say "  … $what: $((SECONDS - started)) s, $lines lines of log"
        fi
    done
    wait "$pid" || status=$?
    if [ "$status" -ne 0 ]; then
        grep -E '(error|undefined reference|\*\*\*)' "$log" | head -n 20 | cut -c 1-300 >&2
        tail -n 15 "$log" | cut -c 1-300 >&2
        say "$what failed with status $status; all of it: $log"
        return "$status"
    fi
    [ $((SECONDS - started)) -lt 2 ] || say "  done: $what, $((SECONDS - started)) s"
}

# with_lock NAME COMMAND...: one at a time among all ./dev of this user. Never nested for one NAME.
with_lock() {
    local file=$CACHE/locks/$1 fd status=0
    shift
    exec {fd}>"$file"
    if ! flock -n "$fd"; then
        say "waiting for another ./dev (lock $file)"
        flock "$fd"
    fi
    "$@" || status=$?
    exec {fd}>&-
    return "$status"
}

# Where sources are only compiled, each of these is an error.
WARNINGS=(-Werror -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers)

# For CMake: several files are compiled as one, which spares most of the headers. A name of an anonymous namespace has
# to stand for one thing in all of them.
TOGETHER=(-DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=6)

# digest WORDS...: a short name for a set of options.
digest() { printf '%s\n' "$@" | sha256sum | cut -c1-24; }
