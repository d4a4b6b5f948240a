# The core's tests (Catch2) three times: plain, under AddressSanitizer with UndefinedBehaviorSanitizer, under
# ThreadSanitizer. WHICH is a filter of Catch2: a name, with * at its ends, or a [tag].

USUALLY[core]="1 minute, 3 where they have to be built"

build_core_tests() { # DIRECTORY SANITIZER
    cmake -S "$ROOT" -B "$1" -DCMAKE_PREFIX_PATH="$CATCH2" -DCMAKE_BUILD_TYPE=Debug \
        -DBGWORKERS_TESTS=ON -DBGWORKERS_SANITIZE="$2" "${TOGETHER[@]}" &&
        cmake --build "$1" -j "$JOBS"
}

core_tests_of() { echo "$CACHE/core-$(digest "$ROOT" | cut -c1-8)-$1"; }

# Does the compiler make programs with this sanitizer that run here?
sanitizer_works() {
    local program=$CACHE/build/probe-$1
    echo 'int main() { return 0; }' | c++ "-fsanitize=$1" -x c++ - -o "$program" 2>/dev/null && "$program" 2>/dev/null
}

# Catch2 tells its counts only on standard output: the console gets a report, a file the sums.
CORE_SHARDS=3

# start_core_tests VARIANT COMMAND...: the command is the program with all its tests. They mostly wait, so it runs
# several times at once, each with a part of them.
start_core_tests() {
    local shard filters words=()
    mapfile -t filters < <(which_of core)
    [ ${#filters[@]} -eq 0 ] || words=("$(IFS=,; echo "${filters[*]}")")
    rm -f "$LOGS/core-$1"[-.]*
    for ((shard = 0; shard < CORE_SHARDS; shard++)); do
        (
            cd "$LOGS" || exit 1
            exec timeout -k 10 600 "${@:2}" --filenames-as-tags --reporter console \
                --reporter "xml::out=core-$1-$shard.xml" --allow-running-no-tests \
                --shard-count "$CORE_SHARDS" --shard-index "$shard" "${words[@]}"
        ) >"$LOGS/core-$1-$shard.log" 2>&1 </dev/null &
        CORE_PIDS[$1-$shard]=$!
    done
}
declare -A CORE_PIDS

# await_core_tests VARIANT: their outputs, and their counts. A sanitizer's finding ends a run with a status of its own,
# whatever the tests said.
await_core_tests() {
    local shard log status passed failed skipped name sums=(0 0 0)
    for ((shard = 0; shard < CORE_SHARDS; shard++)); do
        log=$LOGS/core-$1-$shard status=0
        wait "${CORE_PIDS[$1-$shard]}" || status=$?
        cat "$log.log"
        passed=$(xml_sum "$log.xml" successes) failed=$(xml_sum "$log.xml" failures)
        skipped=$(xml_sum "$log.xml" skips)
        if [ -z "$passed" ]; then
            echo "core_tests ($1) ended with status $status before it could count"
            passed=0 failed=1
        elif [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
            echo "core_tests ($1) ended with status $status after $passed tests"
            failed=1
        fi
        while IFS= read -r name; do alone "core:$name"; done < <(failed_cases "$log.xml")
        sums=($((sums[0] + passed)) $((sums[1] + failed)) $((sums[2] + ${skipped:-0})))
    done
    if [ $((sums[0] + sums[1])) -eq 0 ]; then
        echo "core_tests ($1) ran no test"
        sums[1]=1
    fi
    count "core $1" "${sums[@]}"
}

# All are built first; then they run side by side.
run_core() {
    local variant tests=()
    for variant in plain address thread; do
        if [ "$variant" != plain ] && ! sanitizer_works "$variant"; then
            count "core, -fsanitize=$variant does not work here" 0 0 1
        elif run_logged "build the core tests, $variant" "1 minute" \
            build_core_tests "$(core_tests_of "$variant")" "${variant#plain}"; then
            tests+=("$variant")
        else
            count "core $variant" 0 1 0
        fi
    done
    heading "core tests: ${tests[*]}"
    for variant in "${tests[@]}"; do start_core_tests "$variant" "$(core_tests_of "$variant")/core_tests"; done
    for variant in "${tests[@]}"; do await_core_tests "$variant"; done
}

xml_sum() { sed -n "s/.*<OverallResultsCases .*$2=\"\([0-9]*\)\".*/\1/p" "$1" 2>/dev/null | tail -n 1; }

# failed_cases XML: names of the cases that failed, or during which the program ended, as filters: what means something
# in a filter is escaped.
failed_cases() {
    awk '/<TestCase name="/ { name = $0; sub(/.*<TestCase name="/, "", name); sub(/".*/, "", name); open = 1 }
        /<OverallResult success="true"/ { open = 0 }
        /<\/TestCase>/ { if (open) print name; open = 0 }
        END { if (open) print name }' "$1" 2>/dev/null |
        sed -e 's/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g' -e 's/[][\\,"*]/\\&/g'
}
