# The Debian packages a step needs: installed as root, named in one line otherwise.

DEMO_PACKAGES=(build-essential autoconf pkg-config ccache xz-utils ca-certificates libuv1-dev)
BUILD_PACKAGES=("${DEMO_PACKAGES[@]}" cmake zlib1g-dev)

missing_packages() {
    local package
    for package; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
    done
}

install_packages() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q && apt-get install -y -q --no-install-recommends "$@"
}

# ensure_packages NAMES...: on a system without dpkg, the tools themselves say what is missing.
ensure_packages() {
    local missing
    command -v dpkg-query >/dev/null || return 0
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        say "these packages are missing; install them and call again:"
        echo "sudo apt-get install -y ${missing[*]}" >&2
        exit 1
    fi
    with_lock packages run_logged "install packages: ${missing[*]}" "1 minute" \
        install_packages "${missing[@]}" || exit 1
    hash -r
    [ ! -d /usr/lib/ccache ] || [[ $PATH == /usr/lib/ccache:* ]] || export PATH=/usr/lib/ccache:$PATH
}
