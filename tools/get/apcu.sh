# APCu, the peer of `./dev bench`, out of Debian's source package, built once for each engine.

APCU_SUITE=trixie  # bookworm's 5.1.22 does not compile on PHP 8.4

build_apcu() {
    local tarball=$1 dir=$2
    rm -rf "$dir" "$dir.new" && mkdir -p "$dir.new/src" &&
        tar -xf "$tarball" -C "$dir.new/src" --strip-components=1 &&
        cd "$dir.new/src" &&
        "$PHPIZE" && CFLAGS=-O2 ./configure --with-php-config="$PHP_CONFIG" && make -s -j"$JOBS" &&
        cp modules/apcu.so "$dir.new/apcu.so" && cd / && rm -rf "$dir.new/src" && mv "$dir.new" "$dir"
}

build_apcu_unless_present() {
    [ -f "$2/apcu.so" ] || run_logged "build APCu for $ENGINE_NAME" "20 seconds" build_apcu "$@"
}

# Sets and exports APCU, the module.
ensure_apcu() {
    local tarball dir
    tarball=$(debian_orig php-apcu "$APCU_SUITE") || exit 1
    dir=$CACHE/apcu/$ENGINE_NAME-$(digest "${tarball##*/}" "$(engine_identity)" | cut -c1-8)
    mkdir -p "$CACHE/apcu"
    with_lock apcu build_apcu_unless_present "$tarball" "$dir" || exit 1
    export APCU=$dir/apcu.so
}
