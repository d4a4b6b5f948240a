# The core's tests (Catch2) three times: plain, under AddressSanitizer with UndefinedBehaviorSanitizer, under
# ThreadSanitizer. WHICH is a filter of Catch2: a name, with * at its ends, or a [tag].

USUALLY[core]="1 minute, 3 where they have to be built"

build_core_tests() { # DIRECTORY SANITIZER
    cmake -S "$ROOT" -B "$1" -DCMAKE_PREFIX_PATH="$CATCH2" -DCMAKE_BUILD_TYPE=Debug \
        -DBGWORKERS_TESTS=ON -DBGWORKERS_SANITIZE="$2" &&
        cmake --build "$1" -j "$JOBS"
}

core_tests_of() { echo "$CACHE/core-$(digest "$ROOT" | cut -c1-8)-$1"; }

# Does the compiler make programs with this sanitizer that run here?
sanitizer_works() {
    local program=$CACHE/build/probe-$1
    echo 'int main() { return 0; }' | c++ "-fsanitize=$1" -x c++ - -o "$program" 2>/dev/null && "$program" 2>/dev/null
}

# catch2_words LOG-NAME: sets CATCH2_WORDS. Catch2 tells its counts only on standard output: the console gets a report,
# a file the sums.
catch2_words() {
    local filters
    mapfile -t filters < <(which_of core)
    CATCH2_WORDS=(--filenames-as-tags --reporter console --reporter "xml::out=$1.xml" "$(IFS=,; echo "${filters[*]}")")
    [ ${#filters[@]} -gt 0 ] || unset 'CATCH2_WORDS[-1]'
}

# All are built first; then they run side by side, for they mostly wait.
run_core() {
    local variant tests=() pids=() status i
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
    for variant in "${tests[@]}"; do
        rm -f "$LOGS/core-$variant".{xml,log}
        catch2_words "$LOGS/core-$variant"
        timeout -k 10 600 "$(core_tests_of "$variant")/core_tests" "${CATCH2_WORDS[@]}" \
            >"$LOGS/core-$variant.log" 2>&1 </dev/null &
        pids+=($!)
    done
    for i in "${!tests[@]}"; do
        status=0
        wait "${pids[i]}" || status=$?
        cat "$LOGS/core-${tests[i]}.log"
        count_core "${tests[i]}" "$status"
    done
}

# A sanitizer's finding ends a run with a status of its own, whatever the tests said.
count_core() { # VARIANT STATUS
    local sums=$LOGS/core-$1.xml passed failed skipped name
    passed=$(xml_sum "$sums" successes) failed=$(xml_sum "$sums" failures) skipped=$(xml_sum "$sums" skips)
    if [ -z "$passed" ]; then
        echo "core_tests ($1) ended with status $2 before it could count"
        passed=0 failed=1
    elif [ "$((passed + failed))" -eq 0 ] || { [ "$2" -ne 0 ] && [ "$failed" -eq 0 ]; }; then
        echo "core_tests ($1) ended with status $2 after $passed tests"
        failed=$((failed + 1))
    fi
    while IFS= read -r name; do alone "core:$name"; done < <(failed_cases "$sums")
    count "core $1" "$passed" "$failed" "${skipped:-0}"
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
