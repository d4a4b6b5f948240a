# php-node from the npm registry, with the libraries that its prebuilt libphp asks for.

PHP_NODE_VERSION=1.4.0
PHP_NODE_PACKAGES=(libargon2-1 libcurl4 libonig5 libpng16-16 libpq5 libreadline8 libsqlite3-0 libssl3 libxml2 libzip4)

unpack_php_node() {
    rm -rf "$1" "$1.new" && mkdir -p "$1.new" &&
        npm install --prefix "$1.new" --ignore-scripts --no-audit --no-fund --no-package-lock \
            "@platformatic/php-node@$PHP_NODE_VERSION" &&
        mv "$1.new" "$1"
}

unpack_php_node_unless_present() {
    [ -d "$1" ] || run_logged "install php-node $PHP_NODE_VERSION" "20 seconds" unpack_php_node "$1"
}

# ensure_php_node: prints the assignment of PHP_NODE, the package's folder; nothing, and why on stderr, where there is
# none.
ensure_php_node() (
    dir=$CACHE/php-node-$PHP_NODE_VERSION
    if ! command -v node >/dev/null || { [ ! -d "$dir" ] && ! command -v npm >/dev/null; }; then
        say "no node and npm here: php-node is left out"
        return
    fi
    ensure_packages "${PHP_NODE_PACKAGES[@]}"
    with_lock php-node unpack_php_node_unless_present "$dir" || exit 1
    printf '%s=%q\n' PHP_NODE "$dir/node_modules/@platformatic/php-node"
)
