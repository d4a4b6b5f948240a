# The PHP libraries of the recipes, from Debian's packages. They are unpacked into the cache: installing them would pull
# in a second, non-thread-safe PHP.

PHP_LIBRARIES=(
    php-predis php-amphp-amp php-symfony-messenger php-symfony-event-dispatcher
    php-symfony-event-dispatcher-contracts php-psr-event-dispatcher php-psr-log
)

# One autoloader for all of them: their files lie where PSR-4 wants them; functions are loaded at once.
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

unpack_php_libraries() {
    local dir=$1 deb
    rm -rf "$dir" "$dir.new" && mkdir -p "$dir.new/debs" && cd "$dir.new/debs" &&
        { apt-get download -q "${PHP_LIBRARIES[@]}" ||
            { apt-get update -q && apt-get download -q "${PHP_LIBRARIES[@]}"; }; } || return 1
    for deb in *.deb; do dpkg -x "$deb" "$dir.new" || return 1; done
    write_autoloader "$dir.new/autoload.php" "$dir" && mv "$dir.new" "$dir"
}

# Sets and exports AUTOLOAD.
ensure_php_libraries() {
    local dir
    dir=$CACHE/php-libraries-$(digest "${PHP_LIBRARIES[@]}" "$(declare -f write_autoloader)" | cut -c1-8)
    [ -d "$dir" ] || with_lock php-libraries run_logged "download PHP libraries from Debian" "10 seconds" \
        unpack_php_libraries "$dir" || exit 1
    AUTOLOAD=$dir/autoload.php
    export AUTOLOAD
}
