# APCu, the peer of `./dev bench`.

APCU_SUITE=trixie  # bookworm's 5.1.22 does not compile on PHP 8.4

# Sets and exports APCU, the module.
ensure_apcu() {
    local tarball
    tarball=$(debian_orig php-apcu "$APCU_SUITE") || exit 1
    APCU=$(ensure_debian_module apcu "$tarball") || exit 1
    export APCU
}
