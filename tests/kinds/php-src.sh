# PHP's own tests beside a worker that publishes, out of the tarball that the engine was built from: with --all on one
# engine, or by name. They write beside themselves, so each run has a fresh copy; what they wrote stays there to be
# looked at.

USUALLY[php-src]="10 minutes"

# Tests include files of other extensions, so all of the sources are unpacked.
unpack_php_src() { # TARBALL DIRECTORY
    rm -rf "$2" && mkdir -p "$2" && tar -xf "$1" -C "$2" --strip-components=1
}

run_php-src() {
    local tarball area
    area=$CACHE/php-src/$ENGINE_NAME-$(digest "$ROOT" | cut -c1-8)
    if [ -z "$ENGINE" ]; then
        count "php-src, for there are no sources of PHP_CONFIG's engine" 0 0 1
    elif tarball=$(debian_orig "php$VERSION" "$(engine_suite "$VERSION")") &&
        run_logged "unpack the tests of PHP $VERSION" "20 seconds" unpack_php_src "$tarball" "$area"; then
        PHP_SOURCES=$area JOBS=$JOBS run_cases php-src tests/php-src/run.php 7200
    else
        count php-src 0 1 0
    fi
}
