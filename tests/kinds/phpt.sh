# The kinds of tests `./dev test` knows. Each adds to PASSED, FAILED and SKIPPED.

PASSED=0 FAILED=0 SKIPPED=0

count() { # KIND PASSED FAILED SKIPPED
    PASSED=$((PASSED + $2)) FAILED=$((FAILED + $3)) SKIPPED=$((SKIPPED + $4))
    echo "== $1: $2 passed, $3 failed, $4 skipped"
}

heading() { printf '\n== %s\n' "$*"; }

# One check a script; it prints why it failed. ROOT, CACHE, PHP and the tarball PHP_PARSER are theirs.
run_checks() {
    local script passed=0 failed=0
    export PHP_PARSER
    PHP_PARSER=$(debian_orig php-parser trixie) || PHP_PARSER=
    heading "checks of the tree"
    for script in "$ROOT"/tests/checks/*.sh; do
        if (export ROOT CACHE PHP && bash "$script" </dev/null); then passed=$((passed + 1)); else
            failed=$((failed + 1))
            echo "FAIL ${script#"$ROOT"/}"
        fi
    done
    count checks "$passed" "$failed" 0
}

build_core_tests() { # DIRECTORY SANITIZER
    cmake -S "$ROOT" -B "$1" -DCMAKE_PREFIX_PATH="$CATCH2" -DCMAKE_BUILD_TYPE=Debug -DBGWORKERS_SANITIZE="$2" &&
        cmake --build "$1" -j "$JOBS"
}

# Does the compiler make programs with this sanitizer that run here?
sanitizer_works() {
    local program=$CACHE/build/probe-$1
    echo 'int main() { return 0; }' | c++ "-fsanitize=$1" -x c++ - -o "$program" 2>/dev/null && "$program" 2>/dev/null
}

# The core's tests three times: plain, under AddressSanitizer with UndefinedBehaviorSanitizer, under ThreadSanitizer. All
# are built first; then they run side by side, for they mostly wait.
run_core() {
    local variant build tests=() pids=() status i
    for variant in plain address thread; do
        build=$CACHE/core-$(digest "$ROOT" | cut -c1-8)-$variant
        if [ "$variant" != plain ] && ! sanitizer_works "$variant"; then
            count "core, -fsanitize=$variant does not work here" 0 0 1
        elif run_logged "build the core tests, $variant" "1 minute" build_core_tests "$build" "${variant#plain}"; then
            tests+=("$variant")
        else
            count "core $variant" 0 1 0
        fi
    done
    heading "core tests: ${tests[*]}"
    for variant in "${tests[@]}"; do
        build=$CACHE/core-$(digest "$ROOT" | cut -c1-8)-$variant
        rm -f "$CACHE/logs/core-$variant".{xml,log}
        # Catch2 tells its counts only on standard output: the console gets a report, a file the sums.
        timeout -k 10 600 "$build/core_tests" --reporter console --reporter "xml::out=$CACHE/logs/core-$variant.xml" \
            >"$CACHE/logs/core-$variant.log" 2>&1 </dev/null &
        pids+=($!)
    done
    for i in "${!tests[@]}"; do
        status=0
        wait "${pids[i]}" || status=$?
        cat "$CACHE/logs/core-${tests[i]}.log"
        count_core "${tests[i]}" "$status"
    done
}

# A sanitizer's finding ends a run with a status of its own, whatever the tests said.
count_core() { # VARIANT STATUS
    local sums=$CACHE/logs/core-$1.xml passed failed skipped
    passed=$(xml_sum "$sums" successes) failed=$(xml_sum "$sums" failures) skipped=$(xml_sum "$sums" skips)
    if [ -z "$passed" ]; then
        echo "core_tests ($1) ended with status $2 before it could count"
        passed=0 failed=1
    elif [ "$((passed + failed))" -eq 0 ] || { [ "$2" -ne 0 ] && [ "$failed" -eq 0 ]; }; then
        echo "core_tests ($1) ended with status $2 after $passed tests"
        failed=$((failed + 1))
    fi
    count "core $1" "$passed" "$failed" "${skipped:-0}"
}

xml_sum() { sed -n "s/.*<OverallResultsCases .*$2=\"\([0-9]*\)\".*/\1/p" "$1" 2>/dev/null | tail -n 1; }

# phpt_sum LABEL FILE: one number of run-tests' summary.
phpt_sum() { sed -n "s/^$1 *: *\([0-9][0-9]*\).*/\1/p" "$2" | tail -n 1; }

# run_phpt_mode NAME INI...: runs in a directory of links, so that the outputs of two engines never
# meet and the repository stays clean.
run_phpt_mode() {
    local name=$1 area log status=0 passed failed=0 skipped label number ini=()
    shift
    area=$CACHE/phpt/$ENGINE_NAME-$(digest "$ROOT" "$name" | cut -c1-8)
    log=$CACHE/logs/phpt-$ENGINE_NAME-$name.log
    for number; do ini+=(-d "$number"); done
    heading "phpt on PHP $ENGINE_NAME, $name"
    rm -rf "$area" && mkdir -p "$area" && ln -s "$ROOT"/* "$area/" && rm "$area/phpt" && cp -R "$ROOT/phpt" "$area/phpt"
    (
        cd "$area" || exit 1
        export NO_INTERACTION=1 REPORT_EXIT_STATUS=1 TEST_PHP_EXECUTABLE=$PHP TEST_PHP_SRCDIR=$area TEST_TIMEOUT=120
        [ "$ALL" = 1 ] || export SKIP_SLOW_TESTS=1
        exec "$PHP" -n -d memory_limit=-1 "${EXTENSION%/*}/tree/run-tests.php" \
            -n -q "-j$JOBS" --show-diff --no-color --no-progress -d "extension=$EXTENSION" -d report_memleaks=1 -d display_startup_errors=1 "${ini[@]}" phpt
    ) </dev/null 2>&1 | tee "$log" | grep -v '^PASS ' || status=$?
    passed=$(phpt_sum 'Tests passed' "$log") skipped=$(phpt_sum 'Tests skipped' "$log")
    for label in 'Tests failed' 'Tests warned' 'Tests leaked' 'Tests borked'; do
        number=$(phpt_sum "$label" "$log")
        failed=$((failed + ${number:-0}))
    done
    number=$(phpt_sum 'Expected fail' "$log")
    skipped=$((${skipped:-0} + ${number:-0}))
    if [ -z "$passed" ] || [ $((passed + failed)) -eq 0 ]; then
        echo "run-tests ran no test (status $status)"
        failed=$((failed + 1))
    fi
    count "phpt $name" "${passed:-0}" "$failed" "$skipped"
}

opcache_works() {
    "$PHP" -n -d zend_extension=opcache -d opcache.enable_cli=1 -d opcache.jit=tracing -d opcache.jit_buffer_size=64M \
        -r '$s = opcache_get_status(false); exit($s && $s["opcache_enabled"] && $s["jit"]["on"] ? 0 : 1);'
}

# The 8.4 debug engine runs the suite without OPcache, with it, and with JIT; the others once.
run_phpt() {
    run_phpt_mode no-opcache
    [ "$ENGINE_NAME" = 8.4-debug ] || return 0
    if ! opcache_works; then
        echo "OPcache or its JIT does not start on PHP $ENGINE_NAME"
        count "phpt with OPcache" 0 1 0
        return
    fi
    run_phpt_mode opcache zend_extension=opcache opcache.enable_cli=1 opcache.jit=disable
    run_phpt_mode opcache-jit zend_extension=opcache opcache.enable_cli=1 opcache.jit=tracing opcache.jit_buffer_size=64M
}

# run_cases KIND SCRIPT: a PHP script whose last line is `N passed, N failed[, N skipped]`.
run_cases() {
    local log=$CACHE/logs/$1-$ENGINE_NAME.log last words
    heading "$1 on PHP $ENGINE_NAME"
    (
        export_environment
        export BGWORKERS_ALL_TESTS=$ALL
        cd "$ROOT" && exec timeout -k 10 1800 "$PHP" -n "$2"
    ) </dev/null 2>&1 | tee "$log" || true
    last=$(tail -n 1 "$log")
    if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)?$ ]]; then
        words=("${BASH_REMATCH[@]}")
        [ $((words[1] + words[2])) -gt 0 ] || words[2]=1
        count "$1" "${words[1]}" "${words[2]}" "${words[4]:-0}"
    else
        echo "$2 did not end with its counts"
        count "$1" 0 1 0
    fi
}

# Real hosts. What has to be built first is named in variables, which other_hosts prints.
run_hosts() {
    set -a
    eval "$(other_hosts)"
    set +a
    run_cases hosts tests/hosts/run.php
}
