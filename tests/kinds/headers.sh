# The extension against the headers of PHP versions that are not out, or not in Debian, yet: with --all, or by name.

USUALLY[headers]="1 minute"
. "$ROOT/tests/compile/headers.sh"

run_headers() {
    local version headers
    heading "the extension against the headers of newer PHP versions"
    for version in "${NEWER_PHP[@]}"; do
        headers=$CACHE/php-headers-$version
        if [ ! -d "$headers" ] && ! run_logged "download the headers of PHP $version" "20 seconds" \
            fetch_php_headers "$version" "$headers"; then
            count "headers of PHP $version, not to be had" 0 0 1
        elif run_logged "compile against PHP $version" "1 minute" compile_against "$headers"; then
            version=$(sed -n 's/^#define PHP_VERSION "\(.*\)"/\1/p' "$headers"/usr/include/php/*/main/php_version.h)
            count "headers of PHP $version" 1 0 0
        else
            count "headers of PHP $version" 0 1 0
        fi
    done
}
