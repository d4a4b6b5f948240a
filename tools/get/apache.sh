# mod_php for Debian's Apache: a thread-safe PHP built with apxs, and the extension for it. The module goes into the
# engine's own prefix: neither the system's modules nor its configuration are touched.

APACHE_PACKAGES=(apache2-bin apache2-dev)

# Without PHP's deferred signals: with them, every child that has served a request dies of the SIGTERM by which the
# event MPM wakes its own main thread at a graceful end, requests and all.
ensure_apache_engine() {
    local lib='$(INSTALL_ROOT)$(prefix)/lib'
    local ENGINE_BUILDS_AS=php-$1-release-no-signals
    local ENGINE_INSTALLS=("INSTALL_IT=\$(mkinstalldirs) $lib && \$(INSTALL) -m 0755 libs/libphp.so $lib")
    ensure_engine "$1-apache" "$1" "2 minutes" --disable-zend-signals "$OPTIMIZED" --disable-embed --disable-fpm \
        "--with-apxs2=$(command -v apxs2 || command -v apxs)"
}

# The engine of the caller becomes Apache's; so both of the following are subshells.
select_apache_engine() {
    ensure_packages "${APACHE_PACKAGES[@]}"
    with_lock "php-$1-release-no-signals" ensure_apache_engine "$1" || exit 1
    ENGINE=$CACHE/php-$1-apache
    ENGINE_NAME=$1-apache
    use_prefix "$ENGINE"
}

# ensure_apache VERSION: prints assignments: APACHE, the server; MOD_PHP, the module that it loads; and
# APACHE_EXTENSION, built for it.
ensure_apache() (
    select_apache_engine "$1"
    APACHE=$(PATH=$PATH:/usr/sbin command -v apache2 || PATH=$PATH:/usr/sbin command -v httpd) ||
        die "no Apache: apache2 is not installed"
    ensure_extension
    printf '%s=%q\n' APACHE "$APACHE" MOD_PHP "$ENGINE/lib/libphp.so" APACHE_EXTENSION "$EXTENSION"
)

build_apache_pcntl() { # TARBALL DIRECTORY
    rm -rf "$2" "$2.new" && mkdir -p "$2.new/src" &&
        tar -xf "$1" -C "$2.new/src" --strip-components=1 --wildcards '*/ext/pcntl' &&
        build_php_module pcntl "$2.new/src/ext/pcntl" "$2.new" &&
        cd / && rm -rf "$2.new/src" && mv "$2.new" "$2"
}

build_apache_pcntl_unless_present() {
    [ -d "$2" ] || run_logged "build pcntl for $ENGINE_NAME" "10 seconds" build_apache_pcntl "$@"
}

# ensure_apache_pcntl VERSION: prints the assignment of APACHE_PCNTL, a module: pcntl that is built in is in the cli,
# not in mod_php.
ensure_apache_pcntl() (
    select_apache_engine "$1"
    tarball=$(find_orig "php$1")
    dir=$CACHE/php-modules/$ENGINE_NAME-$(digest "${tarball##*/}" "$(engine_identity)" \
        "$(declare -f build_php_module build_apache_pcntl)" | cut -c1-8)
    mkdir -p "$CACHE/php-modules"
    with_lock php-modules build_apache_pcntl_unless_present "$tarball" "$dir" || exit 1
    printf '%s=%q\n' APACHE_PCNTL "$dir/pcntl.so"
)
