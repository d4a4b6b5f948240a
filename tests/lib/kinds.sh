# What `./dev test` was asked for, and what it counts. Each file of tests/kinds adds one kind of test: run_KIND, and in
# USUALLY how long it takes on two cores when everything is built.

KINDS=(checks core phpt embed fuzz headers windows hosts docs packages php-src)  # in this order
declare -A USUALLY

# What was chosen: KIND or KIND:WHICH each. Nothing chosen means everything.
CHOSEN=()

# choose WORD: a kind, KIND:WHICH, or a test's file or folder. Fails for what is none of these.
choose() {
    local path kind name
    if [[ $1 == phpt:* ]]; then
        set -- "phpt/${1#phpt:}"
    elif [[ " ${KINDS[*]} " == *" ${1%%:*} "* ]]; then
        CHOSEN+=("$1")
        return
    fi
    path=$(realpath -sq --relative-to="$ROOT" -- "$1")
    [ -e "$ROOT/$path" ] || path=$1
    [ -e "$ROOT/$path" ] || return 1
    case $path in
        phpt | phpt/*) CHOSEN+=("phpt:$path") ;;
        tests/core/*.cc) CHOSEN+=("core:[#$(basename "$path" .cc)]") ;;  # Catch2's tag of a file
        tests/checks/*.sh | tests/embed/*.cc | tests/hosts/* | tests/docs/*)
            IFS=/ read -r _ kind name _ <<<"$path"
            CHOSEN+=("$kind:${name%.*}")
            ;;
        *) return 1 ;;
    esac
}

# names KIND: was it asked for by name? wants KIND: is any of it to run?
names() { [[ " ${CHOSEN[*]%%:*} " == *" $1 "* ]]; }
wants() { [ ${#CHOSEN[@]} -eq 0 ] || names "$1"; }

# only KIND,KIND: chooses kinds.
only() {
    local kind
    [ -n "$1" ] || return 1
    for kind in ${1//,/ }; do [[ " ${KINDS[*]} " == *" $kind "* ]] && CHOSEN+=("$kind") || return 1; done
}

# which_of KIND: prints its WHICH words, one a line; nothing where all of the kind is wanted.
which_of() {
    local one words=''
    for one in "${CHOSEN[@]}"; do
        [ "$one" != "$1" ] || return 0
        [[ $one != "$1:"* ]] || words+="${one#*:}"$'\n'
    done
    printf '%s' "$words"
}

# is_chosen KIND NAME: NAME holds one of the kind's WHICH words, or there are none.
is_chosen() {
    local word any=0
    while IFS= read -r word; do
        any=1
        [[ $2 != *"$word"* ]] || return 0
    done < <(which_of "$1")
    [ "$any" = 0 ]
}

# Says what will be done and how long that takes, before it begins.
announce_tests() {
    local kind
    say "PHP $VERSION$([ "$DEBUG" = 0 ] || echo ', --debug')${FLAVOUR:+, $FLAVOUR}; on two cores this usually takes:"
    if [ -z "${PHP_CONFIG:-}" ] && name_engine "$VERSION" "$DEBUG" "$FLAVOUR" &&
        ! has_engine "$ENGINE_NAME" "$VERSION" "${ENGINE_FLAGS[@]}"; then
        say "$(printf '  %-9s %s' build "$ENGINE_USUALLY for PHP, once")"
    fi
    for kind in "${KINDS[@]}"; do
        if wants "$kind" && runs_here "$kind"; then
            say "$(printf '  %-9s %s' "$kind" "$([ -z "$(which_of "$kind")" ] || echo 'a part of ')${USUALLY[$kind]}")"
        fi
    done
}

# runs_here KIND: kinds that do not depend on the engine run with one engine, and headers with --all, or by name.
runs_here() {
    names "$1" && return
    case $1 in
        fuzz | windows | docs) [ "${ENGINE_NAME:-}" = 8.4-release ] ;;
        headers) [ "$ALL" = 1 ] ;;
        php-src) [ "$ALL ${ENGINE_NAME:-}" = '1 8.4-release' ] ;;
    esac
}

# All that is wanted, in order. All but checks and core need the extension.
run_kinds() {
    local kind extension=
    for kind in "${KINDS[@]}"; do
        wants "$kind" && runs_here "$kind" || continue
        if [[ $kind != checks && $kind != core && -z $extension ]]; then
            if ! (ensure_extension); then
                count "extension build" 0 1 0
                return
            fi
            ensure_extension
            extension=built
        fi
        "run_$kind"
    done
}

# The options that name this call's engine again.
engine_words() {
    local words=''
    [ "$VERSION" = 8.4 ] || words+=" --php $VERSION"
    [ "$DEBUG" = 0 ] || words+=" --debug"
    [ -z "$FLAVOUR" ] || words+=" --flavour $FLAVOUR"
    echo "$words"
}

# alone WORD: tells how to run a failed test by itself.
alone() {
    local word=$1
    [[ $word =~ ^[A-Za-z0-9_:./-]+$ ]] || word="'${word//\'/\'\\\'\'}'"
    echo "      alone: ./dev test $word$(engine_words)"
}

PASSED=0 FAILED=0 SKIPPED=0

count() { # WHAT PASSED FAILED SKIPPED
    PASSED=$((PASSED + $2)) FAILED=$((FAILED + $3)) SKIPPED=$((SKIPPED + $4))
    echo "== $1: $2 passed, $3 failed, $4 skipped"
}

# sums PASSED FAILED SKIPPED: the last line of whatever runs tests. read_sums TEXT: sets SUMS to its three numbers, or
# fails.
sums() {
    if [ "$3" -gt 0 ]; then echo "$1 passed, $2 failed, $3 skipped"; else echo "$1 passed, $2 failed"; fi
    [ "$2" -eq 0 ] && [ "$1" -gt 0 ]
}

read_sums() {
    [[ $1 =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)?$ ]] || return 1
    SUMS=("${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "${BASH_REMATCH[4]:-0}")
}

heading() { printf '\n== %s\n' "$*"; }

# run_cases KIND SCRIPT [SECONDS]: a PHP script on tests/hosts/harness.php. WHICH is FOLDER or FOLDER:PART-OF-A-NAME.
run_cases() {
    local log=$LOGS/$1-$ENGINE_NAME.log only=()
    heading "$1 on PHP $ENGINE_NAME"
    mapfile -t only < <(which_of "$1")
    (
        export_environment
        export BGWORKERS_ALL_TESTS=$ALL BGWORKERS_KIND=$1 BGWORKERS_ENGINE_WORDS
        BGWORKERS_ENGINE_WORDS=$(engine_words)
        cd "$ROOT" && exec timeout -k 10 "${3:-1800}" "$PHP" -n "$2" "${only[@]}"
    ) </dev/null 2>&1 | tee "$log" || true
    if read_sums "$(tail -n 1 "$log")"; then
        [ $((SUMS[0] + SUMS[1])) -gt 0 ] || SUMS[1]=1
        count "$1" "${SUMS[@]}"
    else
        echo "$2 did not end with its counts"
        count "$1" 0 1 0
    fi
}
