# The fuzzer of tests/fuzz: clang's libFuzzer with AddressSanitizer and UndefinedBehaviorSanitizer, on libphp.

USUALLY[fuzz]="2 minutes"
FUZZ_PACKAGES=(clang libclang-rt-14-dev)

# The compiler comes in the environment: as an option, a new place of it would make CMake forget all the others.
build_fuzzer() { # DIRECTORY
    CXX=clang++ cmake -S "$ROOT/tests/fuzz" -B "$1" -DPHP_CONFIG="$PHP_CONFIG" \
        -DBGWORKERS_SANITIZE=fuzzer-no-link,address,undefined &&
        cmake --build "$1" -j "$JOBS" --target fuzz_publications
}

# fuzzer ARGUMENTS...: builds and runs it. A finding's input is kept in the cache, and what was said about it is told.
fuzzer() {
    local build=$CACHE/fuzz/$ENGINE_NAME-$(digest "$ROOT" | cut -c1-8) log=$CACHE/logs/fuzz.log status=0
    run_logged "build the fuzzer for $ENGINE_NAME" "2 minutes" build_fuzzer "$build" || return 1
    # The engine's own allocator would hide what AddressSanitizer is there to see.
    USE_ZEND_ALLOC=0 ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
        "$build/fuzz_publications" -max_len=600 -timeout=300 -rss_limit_mb=4096 -detect_leaks=0 -print_final_stats=1 \
        -artifact_prefix="$CACHE/fuzz/" "$@" >"$log" 2>&1 </dev/null || status=$?
    if [ "$status" -ne 0 ]; then grep -av '^#[0-9]*[[:space:]]' "$log" | tail -n 60; fi
    sed -n -e 's/^stat::number_of_executed_units: */inputs tried: /p' \
        -e 's/^stat::new_units_added: */new places found by: /p' -e '/^Executed /p' "$log"
    return "$status"
}

# fuzz SECONDS: until the first finding. Inputs that lead to new places are kept in the cache for the next time.
fuzz() {
    mkdir -p "$CACHE/fuzz/inputs"
    fuzzer -max_total_time="$1" "$CACHE/fuzz/inputs" "$ROOT/tests/fuzz/corpus"
}

# A minute of it.
run_fuzz() {
    ensure_packages "${FUZZ_PACKAGES[@]}"
    heading "a minute of the fuzzer"
    if fuzz 60; then count fuzz 1 0 0; else count fuzz 0 1 0; fi
}
