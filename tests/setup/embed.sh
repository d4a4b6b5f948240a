# Programs of our own on libphp: tests/embed. Each case runs in a process of its own.

build_embed_tests() { # DIRECTORY
    cmake -S "$ROOT/tests/embed" -B "$1" -DPHP_CONFIG="$PHP_CONFIG" &&
        cmake --build "$1" -j "$JOBS"
}

# embed_case PROGRAM NAME: one line, and what it said if it failed.
embed_case() {
    local log started=$SECONDS status=0
    log=$CACHE/logs/embed-$ENGINE_NAME-$2.log
    EXTENSION=$EXTENSION timeout -k 10 300 "$1" "$2" >"$log" 2>&1 </dev/null || status=$?
    if [ "$status" -eq 0 ]; then
        echo "ok    $2 ($((SECONDS - started)) s)"
    else
        echo "FAIL  $2, status $status after $((SECONDS - started)) s"
        tail -n 30 "$log"
    fi
    return "$status"
}

run_embed() {
    local build program name passed=0 failed=0
    if [ -z "$LIBPHP" ]; then
        count "embed, this PHP has no libphp" 0 0 1
        return
    fi
    build=$CACHE/embed/$ENGINE_NAME-$(digest "$ROOT" | cut -c1-8)
    heading "embed on PHP $ENGINE_NAME"
    if ! run_logged "build the embed tests for $ENGINE_NAME" "1 minute" build_embed_tests "$build"; then
        count embed 0 1 0
        return
    fi
    for program in "$build"/embed_host "$build"/embed_inside; do
        for name in $("$program"); do
            if embed_case "$program" "$name"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
        done
    done
    count embed "$passed" "$failed" 0
}
