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

build_core_tests() {
    cmake -S "$ROOT" -B "$1" -DCMAKE_PREFIX_PATH="$CATCH2" -DCMAKE_BUILD_TYPE=Debug && cmake --build "$1" -j "$JOBS"
}

# Catch2 tells its counts only on standard output: the console gets a report, a file the sums.
run_core() {
    local build sums=$CACHE/logs/core-tests.xml status=0 passed failed skipped
    build=$CACHE/core-$(digest "$ROOT" | cut -c1-8)
    heading "core tests"
    rm -f "$sums"
    if ! run_logged "build the core tests" "1 minute" build_core_tests "$build"; then
        count core 0 1 0
        return
    fi
    timeout -k 10 600 "$build/core_tests" --reporter console --reporter "xml::out=$sums" </dev/null || status=$?
    passed=$(xml_sum "$sums" successes) failed=$(xml_sum "$sums" failures) skipped=$(xml_sum "$sums" skips)
    if [ -z "$passed" ]; then
        echo "core_tests ended with status $status before it could count"
        passed=0 failed=1
    elif [ "$((passed + failed))" -eq 0 ] || { [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; }; then
        echo "core_tests ended with status $status after $passed tests"
        failed=$((failed + 1))
    fi
    count core "$passed" "$failed" "${skipped:-0}"
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

# The drivers for real hosts end with a line `N passed, N failed[, N skipped]`.
run_hosts() {
    local log=$CACHE/logs/hosts-$ENGINE_NAME.log last words
    heading "hosts on PHP $ENGINE_NAME"
    (
        export_environment
        export BGWORKERS_ALL_TESTS=$ALL
        cd "$ROOT" && exec timeout -k 10 1800 "$PHP" -n tests/hosts/run.php
    ) </dev/null 2>&1 | tee "$log" || true
    last=$(tail -n 1 "$log")
    if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)?$ ]]; then
        words=("${BASH_REMATCH[@]}")
        [ $((words[1] + words[2])) -gt 0 ] || words[2]=1
        count hosts "${words[1]}" "${words[2]}" "${words[4]:-0}"
    else
        echo "tests/hosts/run.php did not end with its counts"
        count hosts 0 1 0
    fi
}
