# No file of the tree names a Debian mirror, this checkout or the home of whoever runs the check.
mapfile -t files < <(tree_files | grep -v '^tests/checks/no_machine_names\.sh$')
some file "${files[@]}"
hosts='[a-z0-9.-]+\.debian\.(org|net)|snapshot\.debian|[a-z0-9.-]+\.archive\.ubuntu'
literal() { printf '%s\n' "$1" | sed 's/[][\\.*^$+?(){}|]/\\&/g'; }
paths="$(literal "$ROOT")|$(literal "$HOME")"
found=$(printf '%s\0' "${files[@]}" | xargs -0 grep -nIE "(^|[^A-Za-z0-9_.\$}-])($hosts|($paths)/)" 2>/dev/null)
[ -z "$found" ] && exit 0
echo "names of hosts or of one machine's directories:"
echo "$found"
exit 1
