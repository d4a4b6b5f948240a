# No file under src/core includes a header of PHP, or of the floors above the core.
cd "$ROOT" || exit 1
found=$(grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]((php|zend|SAPI|TSRM|main/|Zend/|TSRM/|ext/|sapi/|host/|php_stubs/)[^>"]*)[>"]' src/core)
[ -z "$found" ] && exit 0
echo "src/core must not know PHP, nor host/ and zend/:"
echo "$found"
exit 1
