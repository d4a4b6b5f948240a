# What `./dev demo --redis` needs: Debian's Redis, and Predis with its PHP dependencies. The PHP
# packages are unpacked into the cache: installing them would pull in a second, non-thread-safe PHP.

PREDIS_PACKAGES=(php-predis)

unpack_predis() {
    local dir=$1 deb
    rm -rf "$dir" "$dir.new" && mkdir -p "$dir.new/debs" && cd "$dir.new/debs" &&
        { apt-get download -q "${PREDIS_PACKAGES[@]}" || { apt-get update -q && apt-get download -q "${PREDIS_PACKAGES[@]}"; }; } || return 1
    for deb in *.deb; do dpkg -x "$deb" "$dir.new" || return 1; done
    mv "$dir.new" "$dir"
}

# Sets and exports PREDIS_AUTOLOAD.
ensure_redis() {
    local dir=$CACHE/predis
    ensure_packages redis-server redis-tools
    [ -d "$dir" ] || with_lock predis run_logged "download php-predis from Debian" "10 seconds" unpack_predis "$dir" || exit 1
    PREDIS_AUTOLOAD=$(find "$dir/usr/share/php" -ipath '*predis/autoload.php' | head -n 1)
    [ -n "$PREDIS_AUTOLOAD" ] || die "php-predis holds no autoload.php; remove $dir and call again"
    export PREDIS_AUTOLOAD
}
