# PHP versions whose sources Debian does not have, but whose headers it does, in experimental: everything that includes
# PHP is compiled against them, as for a thread-safe PHP. Nothing is linked or run.

NEWER_PHP=(8.5 8.6)

fetch_php_headers() { # VERSION DIRECTORY
    local conf partial=$2.partial
    conf=$(private_apt experimental deb) || return 1
    rm -rf "$partial" && mkdir -p "$partial" && cd "$partial" || return 1
    APT_CONFIG=$conf apt-get update -q && APT_CONFIG=$conf apt-get download -q "php$1-dev" &&
        dpkg-deb -x "php$1-dev_"*.deb . && rm -rf "$2" && mv "$partial" "$2"
}

compile_against() { # HEADERS
    local include
    include=$(echo "$1"/usr/include/php/*)
    # Those of Debian belong to a PHP without threads; what a thread-safe one defines is defined here.
    find "$ROOT"/src/host "$ROOT"/src/zend "$ROOT/tests/embed/shield.cc" -name '*.cc' ! -name '*_windows.cc' |
        xargs -P "$JOBS" -n 4 c++ -std=c++20 -fsyntax-only "${WARNINGS[@]}" -DZTS=1 -DZEND_MAX_EXECUTION_TIMERS=1 \
            -DZEND_ENABLE_STATIC_TSRMLS_CACHE=1 -I"$ROOT" -I"$ROOT/src" -I"$ROOT/tests/libphp" \
            -isystem "$include" -isystem "$include/main" -isystem "$include/Zend" -isystem "$include/TSRM"
}
