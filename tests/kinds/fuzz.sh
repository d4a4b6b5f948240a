# The fuzzers of tests/fuzz: clang's libFuzzer with AddressSanitizer and UndefinedBehaviorSanitizer, on libphp. WHICH is
# one of them:
#
#   publications  values: what is published is what arrives
#   orders        the order of things: what reads, fibers, autoloaders, bailouts and new versions do to one another

USUALLY[fuzz]="5 minutes"
FUZZ_PACKAGES=(clang libclang-rt-14-dev)
FUZZERS=(publications orders)

# The compiler comes in the environment: as an option, a new place of it would make CMake forget all the others.
build_fuzzers() { # DIRECTORY
    CXX=clang++ cmake -S "$ROOT/tests/fuzz" -B "$1" -DPHP_CONFIG="$PHP_CONFIG" \
        -DBGWORKERS_SANITIZE=fuzzer-no-link,address,undefined &&
        cmake --build "$1" -j "$JOBS" --target "${FUZZERS[@]/#/fuzz_}"
}

# What they run with. The engine's own allocator would hide what AddressSanitizer is there to see; the tracked one frees
# what a bailout has left. The engine is not instrumented: what it reads of freed memory shows as 0xDB.
FUZZ_ENVIRONMENT=(USE_ZEND_ALLOC=0 USE_TRACKED_ALLOC=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
    ASAN_OPTIONS=detect_leaks=0:max_free_fill_size=1000000:free_fill_byte=219)

# ensure_fuzzers: sets FUZZ_BUILD, where they lie.
ensure_fuzzers() {
    FUZZ_BUILD=$CACHE/fuzz/$ENGINE_NAME-$(digest "$ROOT" | cut -c1-8)
    run_logged "build the fuzzers for $ENGINE_NAME" "3 minutes" build_fuzzers "$FUZZ_BUILD"
}

# fuzzer NAME ARGUMENTS...: runs it. A finding's input is kept in the cache, and what was said about it is told.
fuzzer() {
    local name=$1 log finding status=0
    shift
    log=$LOGS/fuzz-$name.log
    env "${FUZZ_ENVIRONMENT[@]}" "$FUZZ_BUILD/fuzz_$name" -max_len=600 -timeout=300 -rss_limit_mb=4096 -detect_leaks=0 \
        -print_final_stats=1 -artifact_prefix="$CACHE/fuzz/$name-" "$@" >"$log" 2>&1 </dev/null || status=$?
    if [ "$status" -ne 0 ]; then
        grep -av '^#[0-9]*[[:space:]]' "$log" | tail -n 60
        finding=$(sed -n 's/^.*Test unit written to //p' "$log" | tail -n 1)
        [ -z "$finding" ] || echo "again, step by step: FUZZ_TELL=1 ./dev fuzz $finding"
    fi
    sed -n -e 's/^INFO: Seed: /seed: /p' -e 's/^stat::number_of_executed_units: */inputs tried: /p' \
        -e 's/^stat::new_units_added: */new places found by: /p' -e '/^Executed /p' "$log"
    return "$status"
}

# fuzz NAME SECONDS: until the first finding. Inputs that lead to new places are kept in the cache for the next time.
fuzz() {
    mkdir -p "$CACHE/fuzz/inputs-$1"
    fuzzer "$1" -max_total_time="$2" "$CACHE/fuzz/inputs-$1" "$ROOT/tests/fuzz/corpus/$1"
}

# A minute of each, side by side.
run_fuzz() {
    local name status names=() pids=()
    ensure_packages "${FUZZ_PACKAGES[@]}"
    for name in "${FUZZERS[@]}"; do
        ! is_chosen fuzz "$name" || names+=("$name")
    done
    heading "a minute of the fuzzers: ${names[*]}"
    if ! ensure_fuzzers; then
        count fuzz 0 1 0
        return
    fi
    for name in "${names[@]}"; do
        fuzz "$name" 60 >"$LOGS/fuzz-$name.told" 2>&1 &
        pids+=($!)
    done
    for name in "${names[@]}"; do
        status=0
        wait "${pids[0]}" || status=$?
        pids=("${pids[@]:1}")
        cat "$LOGS/fuzz-$name.told"
        if [ "$status" -eq 0 ]; then
            count "fuzz $name" 1 0 0
        else
            alone "fuzz:$name"
            count "fuzz $name" 0 1 0
        fi
    done
}
