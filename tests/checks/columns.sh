# Lines have 120 columns at most in sources, tests and tools; prose and data may have more. columns.list names the files
# that are not there yet: none may be added, and one that is there has to leave the list.
list=$ROOT/tests/checks/columns.list
mapfile -t files < <(tree_files 'src/*' 'tests/*' 'tools/*' dev .ci/run |
    grep -vE '\.md$|\.list$|\.sum$|\.sha256$|\.txt$|^tests/fuzz/corpus/')
some file "${files[@]}"
status=0
while IFS= read -r wrong; do
    if ! grep -qxF "${wrong%%:*}" "$list"; then
        echo "$wrong"
        status=1
    fi
done < <(LC_ALL=C.UTF-8 awk 'length($0) > 120 { print FILENAME ":" FNR ": " length($0) " columns" }' "${files[@]}")
while IFS= read -r file; do
    [ -e "$file" ] && ! LC_ALL=C.UTF-8 awk 'length($0) > 120 { bad = 1 } END { exit !bad }' "$file" || continue
    echo "$file has no long lines any more: take it off tests/checks/columns.list"
    status=1
done < <(grep -v '^#' "$list")
exit $status
