# Programs of our own on libphp: tests/embed. Each case runs in a process of its own. WHICH is a part of FILE/CASE.

USUALLY[embed]="3 minutes"

build_embed_tests() { # DIRECTORY SANITIZER TARGETS...
    cmake -S "$ROOT/tests/embed" -B "$1" -DPHP_CONFIG="$PHP_CONFIG" -DBGWORKERS_SANITIZE="$2" \
        -DEXTENSION_TREE="${EXTENSION%/*}/tree" &&
        cmake --build "$1" -j "$JOBS" --target "${@:3}"
}

# embed_case PROGRAM FILE CASE: one line, and what it said if it failed.
embed_case() {
    local log started=$SECONDS status=0
    log=$LOGS/embed-$ENGINE_NAME-$3.log
    EXTENSION=$EXTENSION timeout -k 10 300 "$1" "$3" >"$log" 2>&1 </dev/null || status=$?
    if [ "$status" -eq 0 ]; then
        echo "ok    $2/$3 ($((SECONDS - started)) s)"
    else
        echo "FAIL  $2/$3, status $status after $((SECONDS - started)) s"
        tail -n 30 "$log"
        alone "embed:$2/$3"
    fi
    return "$status"
}

# embed_programs SANITIZER PROGRAM...: builds them and runs their cases.
embed_programs() {
    local sanitizer=$1 build file name program passed=0 failed=0
    local what="embed${sanitizer:+, -fsanitize=$sanitizer}"
    shift
    build=$CACHE/embed/$ENGINE_NAME-$(digest "$ROOT" "$sanitizer" | cut -c1-8)
    heading "$what on PHP $ENGINE_NAME"
    if ! run_logged "build the embed tests for $ENGINE_NAME${sanitizer:+, $sanitizer}" "1 minute" \
        build_embed_tests "$build" "$sanitizer" "$@"; then
        count "$what" 0 1 0
        return
    fi
    for program; do
        while read -r file name; do
            is_chosen embed "$file/$name" || continue
            if embed_case "$build/$program" "$file" "$name"; then
                passed=$((passed + 1))
            else
                failed=$((failed + 1))
            fi
        done < <("$build/$program")
    done
    count "$what" "$passed" "$failed" 0
}

# Where the cycles run under AddressSanitizer, too, LeakSanitizer looks for what they left behind.
run_embed() {
    if [ -z "$LIBPHP" ]; then
        count "embed, this PHP has no libphp" 0 0 1
        return
    fi
    embed_programs '' embed_host embed_inside embed_layout
    if [ "$ENGINE_NAME" = 8.4-release ] && sanitizer_works address; then
        LSAN_OPTIONS="suppressions=$ROOT/tests/embed/leaks_of_php:print_suppressions=0" \
            embed_programs address embed_cycles
    fi
}
