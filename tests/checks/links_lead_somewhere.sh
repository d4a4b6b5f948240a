# Every relative link in a Markdown file names a file or folder that exists.
mapfile -t pages < <(tree_files '*.md')
some "Markdown file" "${pages[@]}"
status=0
while IFS=: read -r file link; do
    target=${link#](}
    target=${target%%[)#]*}
    [ -n "$target" ] || continue
    if [ ! -e "$(dirname "$file")/$target" ]; then
        echo "$file: no $target"
        status=1
    fi
done < <(grep -oHE '\]\([^): ]+\)' "${pages[@]}")
exit $status
