# Rules of the tree: one script a rule in tests/checks, which prints why it failed. Each is checked itself: it has to
# fail on every bad example in tests/checks/bad/RULE, saying what stands in the example's file SAYS, and in an empty
# folder.

USUALLY[checks]="1 minute"
FORMAT_PACKAGES=(clang-format-19)
CHECK_PACKAGES=(clang git "${FORMAT_PACKAGES[@]}")

# check RULE TREE
check() {
    (
        export TREE=$2 CACHE PHP PHP_CONFIG PHP_PARSER
        cd "$TREE" && . "$ROOT/tests/checks/lib/tree.sh" && . "$ROOT/tests/checks/$1.sh"
    ) </dev/null 2>&1
}

# check_holds RULE
check_holds() {
    check "$1" "$ROOT" && return
    echo "FAIL  tests/checks/$1.sh"
    alone "checks:$1"
    return 1
}

# check_fails RULE TREE WORDS WHERE: a check that passes where it must not is a failed test.
check_fails() {
    local said
    if said=$(check "$1" "$2"); then
        echo "FAIL  tests/checks/$1.sh passes $4"
        return 1
    elif [[ $said != *"$3"* ]]; then
        printf 'FAIL  tests/checks/%s.sh fails %s, but does not say "%s":\n%s\n' "$1" "$4" "$3" "$said"
        return 1
    fi
}

# fails_on_examples RULE: the examples lie outside of any repository, as a tarball of the tree would.
fails_on_examples() {
    local work bad status=0
    work=$(mktemp -d)
    mkdir "$work/empty"
    check_fails "$1" "$work/empty" '' "in an empty folder" || status=1
    cp -R "$ROOT/tests/checks/bad/$1" "$work/bad" 2>/dev/null
    for bad in "$work"/bad/*/; do
        if [ -s "$bad/SAYS" ]; then
            check_fails "$1" "${bad%/}" "$(cat "$bad/SAYS")" "the bad example $(basename "$bad")" || status=1
        else
            echo "FAIL  no bad example in tests/checks/bad/$1: a small tree each, with a file SAYS"
            status=1
        fi
    done
    rm -rf "$work"
    return "$status"
}

run_checks() {
    local rule script passed=0 failed=0
    PHP_PARSER=$(debian_orig php-parser trixie) || PHP_PARSER=
    heading "checks of the tree, and that each of them can fail"
    for script in "$ROOT"/tests/checks/*.sh; do
        rule=$(basename "$script" .sh)
        is_chosen checks "$rule" || continue
        if check_holds "$rule"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
        if fails_on_examples "$rule"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    done
    count checks "$passed" "$failed" 0
}

# `./dev format`: what the check wants.
format_sources() {
    cd "$ROOT" && . "$ROOT/tests/checks/lib/tree.sh" && cpp_files | xargs clang-format-19 -i --style=file
}
