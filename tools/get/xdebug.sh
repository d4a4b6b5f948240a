# Xdebug, which wraps callbacks of the host in each thread.

xdebug_source() { # VERSION: prints suite and version of Xdebug for this PHP
    case $1 in
        8.2*) echo bookworm 3.2 ;;
        *) echo trixie 3.4 ;;
    esac
}

# ensure_xdebug: prints the assignment of XDEBUG, the module; nothing, and why on stderr, where its source is not to be
# had.
ensure_xdebug() (
    read -r suite version < <(xdebug_source "$ENGINE_NAME")
    if ! tarball=$(debian_orig xdebug "$suite" "$version"); then
        say "no source of Xdebug $version here: it is left out"
        return
    fi
    module=$(ensure_debian_module xdebug "$tarball") || exit 1
    printf '%s=%q\n' XDEBUG "$module"
)
