# mod_php for Debian's Apache: a thread-safe PHP built with apxs, and the extension for it. The module goes into the
# engine's own prefix: neither the system's modules nor its configuration are touched.

APACHE_PACKAGES=(apache2-bin apache2-dev)

# Without PHP's deferred signals: with them, every child that has served a request dies of the SIGTERM by which the
# event MPM wakes its own main thread at a graceful end, requests and all.
ensure_apache_engine() {
    local lib='$(INSTALL_ROOT)$(prefix)/lib'
    local ENGINE_BUILDS_AS=php-$1-release-no-signals
    local ENGINE_INSTALLS=("INSTALL_IT=\$(mkinstalldirs) $lib && \$(INSTALL) -m 0755 libs/libphp.so $lib")
    ensure_engine "$1-apache" "$1" "4 minutes" --disable-zend-signals --disable-embed --disable-fpm \
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

# ensure_apache_modules VERSION: prints the assignment of APACHE_PHP_MODULES, the folder.
ensure_apache_modules() (
    select_apache_engine "$1"
    ensure_php_modules APACHE_PHP_MODULES
)
