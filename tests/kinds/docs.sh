# What the docs show, run: pages, recipes, monitoring, and with --all a Dockerfile. tests/docs has the cases. WHICH is a
# folder there, or FOLDER:PART-OF-A-NAME.

USUALLY[docs]="1 minute"
DOCS_PACKAGES=(
    redis-server redis-tools redis-sentinel python3-prometheus-client prometheus systemd curl nginx-light
)
DOCS_LONG_PACKAGES=(chromium debootstrap)

run_docs() {
    ensure_packages "${DOCS_PACKAGES[@]}"
    ensure_php_libraries
    if [ "$ALL" = 1 ]; then
        ensure_packages "${DOCS_LONG_PACKAGES[@]}"
        PHP_TARBALL=$(debian_orig php8.4 "$(engine_suite 8.4)" 8.4) MIRROR=$(debian_mirror)
        export PHP_TARBALL MIRROR
    fi
    run_cases docs tests/docs/run.php "$([ "$ALL" = 0 ] && echo 1800 || echo 7200)"
}
