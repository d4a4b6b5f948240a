# Modules of PHP that the engines leave out and a framework wants: PDO with SQLite, from the engine's own source, built
# once for each engine.

PHP_MODULES_PACKAGES=(libsqlite3-dev)

# build_php_module NAME SOURCE DIRECTORY
build_php_module() {
    cd "$2/ext/$1" && "$PHPIZE" && CFLAGS=-O2 ./configure --with-php-config="$PHP_CONFIG" && make -s -j"$JOBS" &&
        cp "modules/$1.so" "$3/"
}

# pdo_sqlite looks for PDO's headers below its own folder when PHP has none installed.
build_php_modules() {
    local tarball=$1 dir=$2
    rm -rf "$dir" "$dir.new" && mkdir -p "$dir.new/src" &&
        tar -xf "$tarball" -C "$dir.new/src" --strip-components=1 --wildcards '*/ext/pdo' '*/ext/pdo_sqlite' &&
        mkdir "$dir.new/src/ext/pdo_sqlite/ext" && ln -s ../../pdo "$dir.new/src/ext/pdo_sqlite/ext/pdo" &&
        build_php_module pdo "$dir.new/src" "$dir.new" && build_php_module pdo_sqlite "$dir.new/src" "$dir.new" &&
        cd / && rm -rf "$dir.new/src" && mv "$dir.new" "$dir"
}

build_php_modules_unless_present() {
    [ -d "$2" ] || run_logged "build PDO and SQLite for $ENGINE_NAME" "1 minute" build_php_modules "$@"
}

# ensure_php_modules: prints the assignment of PHP_MODULES, the folder; nothing for an engine of the caller's.
ensure_php_modules() (
    version=${ENGINE_NAME%%-*}
    tarball=$(find_orig "php$version") && [ -n "$tarball" ] || { say "no source of PHP $version here"; exit 0; }
    ensure_packages "${PHP_MODULES_PACKAGES[@]}"
    dir=$CACHE/php-modules/$ENGINE_NAME-$(digest "${tarball##*/}" "$(engine_identity)" \
        "$(declare -f build_php_modules)" | cut -c1-8)
    mkdir -p "$CACHE/php-modules"
    with_lock php-modules build_php_modules_unless_present "$tarball" "$dir" || exit 1
    printf '%s=%q\n' PHP_MODULES "$dir"
)
