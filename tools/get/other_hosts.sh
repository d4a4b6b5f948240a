# The hosts that do not come with the engine, and nginx. But for nginx they are driven with PHP 8.4's release build alone.

# other_hosts: prints assignments for the drivers. What is built for minutes, or comes over the network, is left to
# `--all` and to CI.
other_hosts() {
    [ "$ALL" = 1 ] || [ "${CI:-}" = true ] || return 0
    ensure_packages nginx-light
    printf '%s=%q\n' NGINX_PROGRAM "$(PATH=$PATH:/usr/sbin command -v nginx)"
    [ "$ENGINE_NAME" = 8.4-release ] || return 0
    ensure_php_node
    ensure_apache 8.4
    ensure_frankenphp 8.4
}
