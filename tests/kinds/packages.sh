# Commands of real packages, unchanged, in workers: tests/packages has the cases and the hosts. WHICH is a folder there,
# or FOLDER:PART-OF-A-NAME.

USUALLY[packages]="90 seconds, 2 minutes with Apache (--all and CI)"

# Built for minutes: with `--all`, in CI, or where a chosen name holds the word.
wants_apache_for_packages() {
    [[ $ENGINE_NAME == *-release ]] || return 1
    [ "$ALL" = 1 ] || [ "${CI:-}" = true ] || [[ $(which_of packages) == *apache* ]]
}

# package_hosts: prints assignments for the hosts that do not come with the engine. Fails where one could not be built.
package_hosts() {
    local build=$CACHE/embed/$ENGINE_NAME-$(digest "$ROOT" '' | cut -c1-8)
    if [ -n "$LIBPHP" ]; then
        run_logged "build a host that outlives PHP for $ENGINE_NAME" "10 seconds" \
            build_embed_tests "$build" '' living_host || return 1
        printf '%s=%q\n' LIVING_HOST "$build/living_host"
    fi
    if wants_apache_for_packages; then
        ensure_apache "${ENGINE_NAME%-*}" && ensure_apache_pcntl "${ENGINE_NAME%-*}"
    fi
}

run_packages() {
    local assignments hosts
    ensure_php_libraries
    ensure_packages redis-server
    assignments=$(ensure_php_modules) && hosts=$(package_hosts) || { count packages 0 1 0; return; }
    set -a
    eval "$assignments"
    eval "$hosts"
    set +a
    run_cases packages tests/packages/run.php
}
