# The keys of a workers file: the table in the code (kKeys in worker_keys.cc) and the one in docs/configuration.md have
# the same rows, each in the same shape and for the same sections, and each key has a section of its own in the docs.
code=$(tree_files 'src/*worker_keys.cc' | head -n 1)
docs=docs/configuration.md
some "worker_keys.cc under src/" "$code"
some "$docs" "$(tree_files "$docs")"

# "name single|list|map all|named|catch_all", sorted.
in_code=$(sed -nE 's/^ *\{"([a-z_]+)", KeyShape::([a-z]+), KeyPlace::([a-z_]+),.*/\1 \2 \3/p' "$code" | sort)
in_docs=$(sed -nE 's/^\| \[`([a-z_]+)(\[[A-Za-z]*\])?`\]\(#([a-z_]+)\) \|.*\| ([^|]+) \|$/\1 \2 \3 \4/p' "$docs" |
    sed -E 's/ \[\] / list /; s/ \[[A-Za-z]+\] / map /; s/  / single /' |
    sed -E 's/ named workers$/ named/; s/ `\[\*\]`$/ catch_all/' |
    awk '$1 == $3 { print $1, $2, $4; next } { print $1, "links to", $3 }' | sort)
some "row of kKeys in $code" "$in_code"
some "row of keys in $docs" "$in_docs"
status=0
if [ "$in_code" != "$in_docs" ]; then
    echo "the keys in $code (<) are not those in the table of $docs (>):"
    diff <(echo "$in_code") <(echo "$in_docs") | grep '^[<>]'
    status=1
fi
while read -r key _; do
    grep -qx "### $key" "$docs" || { echo "$docs has no section \"### $key\""; status=1; }
done <<<"$in_code"
exit $status
