# The PHP libraries of the recipes and of tests/packages, from Debian's packages, with all that they need. They are
# unpacked into the cache: installing them would pull in a second, non-thread-safe PHP.

PHP_LIBRARIES=(
    php-predis php-amphp-amp php-twig php-laravel-framework php-doctrine-dbal
    php-symfony-cache php-symfony-console php-symfony-doctrine-messenger php-symfony-error-handler
    php-symfony-event-dispatcher php-symfony-messenger php-symfony-redis-messenger
)

# They and what they depend on, as far as it is PHP code: no interpreter, none of its modules.
php_libraries_and_theirs() {
    apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
        "${PHP_LIBRARIES[@]}" | grep '^php-' | sort -u | xargs apt-cache show --no-all-versions |
        awk '/^Package:/ { name = source = $2 } /^Source:/ { source = $2 } /^Architecture:/ { architecture = $2 }
            /^$/ && architecture == "all" && source != "php-defaults" { print name }'
}

# One autoloader for what the recipes use: the files lie where PSR-4 wants them; functions are loaded at once.
write_autoloader() { # FILE DIRECTORY
    cat >"$1" <<PHP
<?php
spl_autoload_register(function (string \$class): void {
    \$file = '$2/usr/share/php/' . strtr(\$class, '\\\\', '/') . '.php';
    if (is_file(\$file)) {
        require \$file;
    }
});
foreach (['Amp/functions.php', 'Amp/Internal/functions.php'] as \$functions) {
    require '$2/usr/share/php/' . \$functions;
}
PHP
}

download_php_libraries() {
    local names
    mapfile -t names < <(php_libraries_and_theirs)
    [ ${#names[@]} -ge ${#PHP_LIBRARIES[@]} ] && apt-get download -q "${names[@]}"
}

unpack_php_libraries() {
    local dir=$1 deb
    rm -rf "$dir" "$dir.new" && mkdir -p "$dir.new/debs" && cd "$dir.new/debs" &&
        { download_php_libraries || { apt-get update -q && download_php_libraries; }; } || return 1
    for deb in *.deb; do dpkg -x "$deb" "$dir.new" || return 1; done
    rm -r "$dir.new/debs"
    write_autoloader "$dir.new/autoload.php" "$dir" && mv "$dir.new" "$dir"
}

# Sets and exports PACKAGES, the folder, and AUTOLOAD.
ensure_php_libraries() {
    local dir
    dir=$CACHE/php-libraries-$(digest "${PHP_LIBRARIES[@]}" \
        "$(declare -f write_autoloader php_libraries_and_theirs)" | cut -c1-8)
    [ -d "$dir" ] || with_lock php-libraries run_logged "download PHP libraries from Debian" "1 minute" \
        unpack_php_libraries "$dir" || exit 1
    export PACKAGES=$dir AUTOLOAD=$dir/autoload.php
}
