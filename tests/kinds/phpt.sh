# phpt, by PHP's own run-tests.php. WHICH is a file or folder.

USUALLY[phpt]="1 minute, 3 on PHP 8.4 with --debug, which runs it with OPcache and JIT as well"

# phpt_sum LABEL FILE: one number of run-tests' summary.
phpt_sum() { sed -n "s/^$1 *: *\([0-9][0-9]*\).*/\1/p" "$2" | tail -n 1; }

# run-tests tries a failed test that reads a clock once more, and forgets what it said at first. Ours are tried once.
run_tests_without_retry() {
    sed 's/ && error_may_be_retried(\$test, \$output)) {/ \&\& false) {/' "${EXTENSION%/*}/tree/run-tests.php" >"$1" &&
        grep -q '&& !$retried && false) {' "$1" || say "this PHP's run-tests.php may try failed tests again"
}

# run_phpt_mode NAME INI...: runs in a directory of links, so that the outputs of two engines never meet and the
# repository stays clean. What failed tests left behind is kept. run-tests.php would switch opcache.protect_memory on,
# which knows no threads: one makes OPcache's memory read-only while another, in the JIT say, is writing to it. Most of
# the time a test waits, so there are more of them at once than processors.
run_phpt_mode() {
    local name=$1 area log kept scratch status=0 passed failed=0 skipped label number ini=() tests=()
    shift
    area=$CACHE/phpt/$ENGINE_NAME-$(digest "$ROOT" "$name" | cut -c1-8)
    log=$LOGS/phpt-$ENGINE_NAME-$name.log
    kept=$LOGS/phpt-$ENGINE_NAME-$name.failed
    for number; do ini+=(-d "$number"); done
    mapfile -t tests < <(which_of phpt)
    heading "phpt on PHP $ENGINE_NAME, $name"
    rm -rf "$area" "$kept" && mkdir -p "$area" && ln -s "$ROOT"/* "$area/" && rm "$area/phpt" &&
        cp -R "$ROOT/phpt" "$area/phpt"
    run_tests_without_retry "$area/run-tests.php"
    scratch=$(mktemp -d) && chmod 755 "$scratch"
    (
        cd "$area" || exit 1
        export NO_INTERACTION=1 REPORT_EXIT_STATUS=1 TEST_PHP_EXECUTABLE=$PHP TEST_PHP_SRCDIR=$area TEST_TIMEOUT=120
        export TMPDIR=$scratch
        [ "$ALL" = 1 ] || export SKIP_SLOW_TESTS=1
        exec "$PHP" -n -d memory_limit=-1 run-tests.php -n -q "-j$((2 * JOBS))" --show-diff --no-color --no-progress \
            -d "extension=$EXTENSION" -d report_memleaks=1 -d display_startup_errors=1 \
            -d opcache.protect_memory=0 "${ini[@]}" "${tests[@]:-phpt}"
    ) </dev/null 2>&1 | tee "$log" | { if [ ${#tests[@]} -eq 0 ]; then grep -v '^PASS '; else cat; fi; } || status=$?
    rm -rf "$scratch"
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
    if [ "$failed" -gt 0 ]; then
        mkdir -p "$kept"
        (cd "$area" && find phpt -regex '.*\.\(log\|diff\|out\|mem\)' -exec cp --parents {} "$kept/" \;)
        echo "what the failed tests printed: $kept"
        sed -n 's/^\(FAIL\|WARN\|LEAK\|BORK\).* \[\(phpt\/.*\.phpt\)\].*/\2/p' "$log" | sort -u |
            while IFS= read -r number; do alone "$number"; done
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
    run_phpt_mode opcache-jit zend_extension=opcache opcache.enable_cli=1 opcache.jit=tracing \
        opcache.jit_buffer_size=64M
}
