# The hosts that do not come with the engine, nginx, Xdebug and ds. But for the last three they are driven with PHP
# 8.4's release build alone.

# Built for minutes, or fetched over the network: with `--all`, in CI, or by name.
wants_host() {
    [ "$ALL" = 1 ] || [ "${CI:-}" = true ] || [[ " $(which_of hosts | cut -d : -f 1 | tr '\n' ' ')" == *" $1 "* ]]
}

# other_hosts: prints assignments for the drivers. Fails where one of them could not be built.
other_hosts() {
    local status=0
    if wants_host php-fpm; then
        ensure_packages nginx-light
        printf '%s=%q\n' NGINX_PROGRAM "$(PATH=$PATH:/usr/sbin command -v nginx)"
    fi
    [ "$ALL" = 0 ] || { ensure_xdebug; ensure_ds; }
    [ "$ENGINE_NAME" = 8.4-release ] || return 0
    if wants_host php-node; then ensure_php_node || status=1; fi
    if wants_host apache; then ensure_apache 8.4 || status=1; fi
    if wants_host frankenphp; then ensure_frankenphp 8.4 || status=1; fi
    return "$status"
}

# required_hosts: prints the names of what has to be set, so that in CI, where all hosts are promised, none is left out.
required_hosts() {
    [ "${CI:-}" = true ] || return 0
    echo NGINX_PROGRAM
    [ "$ENGINE_NAME" != 8.4-release ] || echo PHP_NODE APACHE FRANKENPHP
}
