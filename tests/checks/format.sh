# C++ is as clang-format makes it of .clang-format; `./dev format` makes it so.
needs clang-format-19 clang-format-19
mapfile -t files < <(cpp_files)
some "C++ file" "${files[@]}"
wrong=$(printf '%s\0' "${files[@]}" | xargs -0 clang-format-19 "--style=file:$ROOT/.clang-format" --dry-run 2>&1 |
    sed -n 's/:[0-9]*:[0-9]*: .*\[-Wclang-format-violations\]$//p' | sort | uniq -c | sort -rn)
[ -z "$wrong" ] && exit 0
echo "places that ./dev format would change, and files:"
echo "$wrong"
exit 1
