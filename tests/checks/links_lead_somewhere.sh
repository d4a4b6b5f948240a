# Every relative link in a Markdown file names a file or folder that exists.
cd "$ROOT" || exit 1
status=0
while IFS=: read -r file link; do
    target=${link#](}
    target=${target%%[)#]*}
    [ -n "$target" ] || continue
    if [ ! -e "$(dirname "$file")/$target" ]; then
        echo "$file: no $target"
        status=1
    fi
done < <(find . -name '*.md' -not -path './.git/*' -print0 | xargs -0 grep -oHE '\]\([^): ]+\)')
exit $status
