# What the docs show, run: recipes, monitoring. tests/docs has the cases.

DOCS_PACKAGES=(redis-server redis-tools redis-sentinel python3-prometheus-client)
BROWSER_PACKAGES=(chromium)

run_docs() {
    if [ "$ENGINE_NAME" != 8.4-release ]; then return; fi
    ensure_packages "${DOCS_PACKAGES[@]}"
    ensure_php_libraries
    [ "$ALL" = 0 ] || ensure_packages "${BROWSER_PACKAGES[@]}"
    run_cases docs tests/docs/run.php
}
