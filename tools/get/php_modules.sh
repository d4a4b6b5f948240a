# Modules of PHP, built once for each engine: those that the engines leave out and a framework wants, which are PDO with
# SQLite, from the engine's own source, and Redis; and any other out of Debian's source packages.

PHP_MODULES_PACKAGES=(libsqlite3-dev)
PHP_REDIS_SUITE=trixie  # bookworm's 5.3.7 does not compile on PHP 8.4

# build_php_module NAME SOURCE DIRECTORY FLAGS...
build_php_module() {
    cd "$2" && "$PHPIZE" && CFLAGS=${MODULE_CFLAGS:--O1} ./configure --with-php-config="$PHP_CONFIG" "${@:4}" &&
        make -s -j"$JOBS" && cp "modules/$1.so" "$3/"
}

# pdo_sqlite looks for PDO's headers below its own folder when PHP has none installed.
build_php_modules() {
    local php=$1 redis=$2 dir=$3 ext=$3.new/src/ext
    rm -rf "$dir" "$dir.new" && mkdir -p "$ext/redis" &&
        tar -xf "$php" -C "$dir.new/src" --strip-components=1 \
            --wildcards '*/ext/pdo' '*/ext/pdo_sqlite' &&
        tar -xf "$redis" -C "$ext/redis" --strip-components=1 &&
        mkdir "$ext/pdo_sqlite/ext" && ln -s ../../pdo "$ext/pdo_sqlite/ext/pdo" &&
        build_php_module pdo "$ext/pdo" "$dir.new" && build_php_module pdo_sqlite "$ext/pdo_sqlite" "$dir.new" &&
        build_php_module redis "$ext/redis" "$dir.new" --disable-redis-session &&
        cd / && rm -rf "$dir.new/src" && mv "$dir.new" "$dir"
}

build_php_modules_unless_present() {
    [ -d "$3" ] || run_logged "build modules of PHP for $ENGINE_NAME" "1 minute" build_php_modules "$@"
}

# ensure_php_modules: prints the assignment of PHP_MODULES, the folder; nothing for an engine of the caller's.
ensure_php_modules() (
    version=${ENGINE_NAME%%-*}
    php=$(find_orig "php$version") && [ -n "$php" ] || { say "no source of PHP $version here"; exit 0; }
    redis=$(debian_orig php-redis "$PHP_REDIS_SUITE") || exit 1
    ensure_packages "${PHP_MODULES_PACKAGES[@]}"
    dir=$CACHE/php-modules/$ENGINE_NAME-$(digest "${php##*/}" "${redis##*/}" "$(engine_identity)" \
        "$(declare -f build_php_module build_php_modules)" | cut -c1-8)
    mkdir -p "$CACHE/php-modules"
    with_lock php-modules build_php_modules_unless_present "$php" "$redis" "$dir" || exit 1
    printf '%s=%q\n' PHP_MODULES "$dir"
)

build_debian_module() {
    local name=$1 tarball=$2 dir=$3
    rm -rf "$dir" "$dir.new" && mkdir -p "$dir.new/src" &&
        tar -xf "$tarball" -C "$dir.new/src" --strip-components=1 &&
        MODULE_CFLAGS=-O2 build_php_module "$name" "$dir.new/src" "$dir.new" &&
        cd / && rm -rf "$dir.new/src" && mv "$dir.new" "$dir"
}

build_debian_module_unless_present() {
    [ -f "$3/$1.so" ] || run_logged "build $1 for $ENGINE_NAME" "30 seconds" build_debian_module "$@"
}

# ensure_debian_module NAME TARBALL: prints the module's file. As fast as a distribution's, for it may be measured.
ensure_debian_module() (
    dir=$CACHE/$1/$ENGINE_NAME-$(digest "${2##*/}" "$(engine_identity)" | cut -c1-8)
    mkdir -p "$CACHE/$1"
    with_lock "$1" build_debian_module_unless_present "$1" "$2" "$dir" || exit 1
    echo "$dir/$1.so"
)
