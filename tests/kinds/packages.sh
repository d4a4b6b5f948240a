# Commands of real packages, unchanged, in workers: tests/packages has the cases. WHICH is a folder there, or
# FOLDER:PART-OF-A-NAME.

USUALLY[packages]="1 minute"

run_packages() {
    local assignments
    ensure_php_libraries
    assignments=$(ensure_php_modules) || { count packages 0 1 0; return; }
    set -a
    eval "$assignments"
    set +a
    run_cases packages tests/packages/run.php
}
