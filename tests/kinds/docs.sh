# What the docs show, run: recipes, monitoring. tests/docs has the cases. WHICH is a folder there, or
# FOLDER:PART-OF-A-NAME.

USUALLY[docs]="1 minute"
DOCS_PACKAGES=(redis-server redis-tools redis-sentinel python3-prometheus-client prometheus)
BROWSER_PACKAGES=(chromium)

run_docs() {
    ensure_packages "${DOCS_PACKAGES[@]}"
    ensure_php_libraries
    [ "$ALL" = 0 ] || ensure_packages "${BROWSER_PACKAGES[@]}"
    run_cases docs tests/docs/run.php
}
