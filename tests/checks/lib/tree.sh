# For the checks, which run in the tree that they look at: this repository, or a bad example.

# tree_files [PATTERN...]: the files of the tree, one a line, but for bad examples. PATTERN is a glob over the whole
# path.
tree_files() {
    local file pattern
    if [ -e .git ]; then git ls-files --cached --others --exclude-standard; else find . -type f | sed 's,^\./,,'; fi |
        sort -u | while IFS= read -r file; do
        [[ $file != tests/checks/bad/* && -f $file ]] || continue
        [ $# -gt 0 ] || echo "$file"
        # shellcheck disable=SC2053
        for pattern; do if [[ $file == $pattern ]]; then echo "$file"; break; fi; done
    done
}

# some WHAT WORDS...: a check that finds nothing to check fails.
some() {
    [ $# -gt 1 ] && [ -n "$2" ] && return
    echo "there is no $1 to check"
    exit 1
}

# The C++ sources that are held to a form.
cpp_files() { tree_files 'src/*.cc' 'src/*.h' 'tests/*.cc' 'tests/*.h'; }

needs() { command -v "$1" >/dev/null || { echo "$1 is missing (Debian: $2)"; exit 1; }; }
