# Real hosts, by the drivers in tests/hosts. WHICH is a host's folder, or FOLDER:PART-OF-A-NAME.

USUALLY[hosts]="2 minutes, 5 with the hosts of other makers (--all and CI)"

# What has to be built first is named in variables, which other_hosts prints. In CI none may be missing.
run_hosts() {
    local assignments name
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
