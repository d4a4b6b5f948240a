# Which engine a call means: sets ENGINE_NAME, PHP, PHP_FPM, PHP_CONFIG, PHPIZE, LIBPHP. PHP_FPM and
# LIBPHP are empty where a foreign engine has none.

existing_or_nothing() { [ ! -e "$1" ] || echo "$1"; }

use_prefix() {
    PHP_CONFIG=$1/bin/php-config PHPIZE=$1/bin/phpize PHP=$1/bin/php
    PHP_FPM=$1/sbin/php-fpm LIBPHP=$1/lib/libphp.so
}

# An engine of the caller's: thread-safe and new enough, or one clear line.
use_foreign() {
    local prefix include vernum
    PHP_CONFIG=$(command -v "$PHP_CONFIG") || die "PHP_CONFIG names no program"
    PHP_CONFIG=$(realpath -s "$PHP_CONFIG")
    vernum=$("$PHP_CONFIG" --vernum) || die "PHP_CONFIG=$PHP_CONFIG does not answer as a php-config does"
    [ "$vernum" -ge 80200 ] ||
        die "PHP_CONFIG=$PHP_CONFIG belongs to PHP $("$PHP_CONFIG" --version); bgworkers needs 8.2 or newer"
    include=$("$PHP_CONFIG" --include-dir)
    grep -q '^#define ZTS 1' "$include/main/php_config.h" ||
        die "PHP_CONFIG=$PHP_CONFIG belongs to a PHP that is not thread-safe (NTS); bgworkers needs a ZTS build"
    prefix=$("$PHP_CONFIG" --prefix)
    PHP=$("$PHP_CONFIG" --php-binary)
    [ -x "$PHP" ] || PHP=$prefix/bin/php
    [ -x "$PHP" ] || die "the engine of PHP_CONFIG=$PHP_CONFIG has no CLI"
    PHPIZE=${PHP_CONFIG%/*}/$(basename "$PHP_CONFIG" | sed 's/php-config/phpize/')
    PHP_FPM=$(existing_or_nothing "$prefix/sbin/php-fpm")
    LIBPHP=$(existing_or_nothing "$prefix/lib/libphp.so")
    ENGINE_NAME=$vernum-$(digest "$PHP_CONFIG" | cut -c1-8)
    say "using the engine of PHP_CONFIG=$PHP_CONFIG; --php and --debug do not apply"
}

# engine_identity: changes when the extension has to be configured anew.
engine_identity() {
    cat "$ENGINE/.bgworkers-stamp" 2>/dev/null ||
        "$PHP" -n -r 'echo PHP_VERSION, PHP_DEBUG, PHP_BINARY, filemtime(PHP_BINARY);'
}

# What distributions build otherwise: PHP's deferred signals, and timers for time limits per thread. 8.4 has both by
# default, 8.2 has no timers.
flavour_flags() {
    case $1 in
        '') ;;
        no-signals) echo --disable-zend-signals ;;
        *) return 1 ;;
    esac
}

# name_engine VERSION DEBUG(0|1) FLAVOUR: sets ENGINE_NAME, ENGINE_FLAGS and ENGINE_USUALLY, the time its build takes.
name_engine() {
    mapfile -t ENGINE_FLAGS < <(flavour_flags "$3")
    if [ "$2" = 1 ]; then
        ENGINE_NAME=$1-debug ENGINE_USUALLY="2 minutes"
        ENGINE_FLAGS+=(--enable-debug)
    else
        ENGINE_NAME=$1-release ENGINE_USUALLY="4 minutes"
        ENGINE_FLAGS+=("$OPTIMIZED")
    fi
    ENGINE_NAME+=${3:+-$3}
}

# select_engine VERSION DEBUG(0|1) FLAVOUR: a flavour is one of flavour_flags, or empty.
select_engine() {
    if [ -n "${PHP_CONFIG:-}" ]; then
        ENGINE=
        use_foreign
        return
    fi
    name_engine "$@"
    ensure_engine "$ENGINE_NAME" "$1" "$ENGINE_USUALLY" "${ENGINE_FLAGS[@]}"
    use_prefix "$ENGINE"
}

# has_demo_engine VERSION: sets ENGINE_NAME and ENGINE to the full engine if that is there, else to the demo's. Fails
# where that has to be built.
has_demo_engine() {
    name_engine "$1" 0 ''
    has_engine "$ENGINE_NAME" "$1" "${ENGINE_FLAGS[@]}" && return
    local ENGINE_OPTIONS=("${DEMO_ENGINE_OPTIONS[@]}")
    ENGINE_NAME=$1-demo
    has_engine "$ENGINE_NAME" "$1" "$OPTIMIZED"
}

# Built where the full engine is built, which will find these objects in ccache; so it has to wait for that one's lock.
ensure_demo_engine() {
    local ENGINE_BUILDS_AS=php-$1-release ENGINE_OPTIONS=("${DEMO_ENGINE_OPTIONS[@]}")
    ensure_engine "$1-demo" "$1" "2 minutes" "$OPTIMIZED"
}

# select_demo_engine VERSION
select_demo_engine() {
    has_demo_engine "$1" || with_lock "php-$1-release" ensure_demo_engine "$1" || exit 1
    use_prefix "$ENGINE"
}
