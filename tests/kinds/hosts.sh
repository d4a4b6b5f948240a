# Real hosts, by the drivers in tests/hosts. WHICH is a host's folder, or FOLDER:PART-OF-A-NAME.

USUALLY[hosts]="2 minutes, 5 with the hosts of other makers (--all and CI)"

# What the cases of php-fpm load: sets POOL_PROBE, if any of them are to run.
build_pool_probe() {
    local build=$CACHE/embed/$ENGINE_NAME-$(digest "$ROOT" '' | cut -c1-8) hosts
    hosts=$(which_of hosts | cut -d : -f 1)
    [[ -z $hosts || $'\n'$hosts$'\n' == *$'\nphp-fpm\n'* ]] || return 0
    if run_logged "build the probe of shared memory for $ENGINE_NAME" "30 seconds" \
        build_embed_tests "$build" '' pool_probe; then
        export POOL_PROBE=$build/pool_probe.so
    else
        count "hosts: the probe of shared memory" 0 1 0
    fi
}

# What has to be built first is named in variables, which other_hosts prints. In CI none may be missing.
run_hosts() {
    local assignments name
    build_pool_probe
    if ! assignments=$(other_hosts); then
        echo "some of the hosts could not be built"
        count "hosts of other makers" 0 1 0
    fi
    set -a
    eval "$assignments"
    set +a
    for name in $(required_hosts); do
        if [ -z "${!name:-}" ]; then
            echo "$name is not set: a host would be left out (see above)"
            count "hosts: $name" 0 1 0
        fi
    done
    run_cases hosts tests/hosts/run.php
}
