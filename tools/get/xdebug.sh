# Xdebug, which wraps callbacks of the host in each thread, out of Debian's source packages, built once for each engine.

xdebug_source() { # VERSION: prints suite and version of Xdebug for this PHP
    case $1 in
        8.2*) echo bookworm 3.2 ;;
        *) echo trixie 3.4 ;;
    esac
}

build_xdebug() {
    local tarball=$1 dir=$2
    rm -rf "$dir" "$dir.new" && mkdir -p "$dir.new/src" &&
        tar -xf "$tarball" -C "$dir.new/src" --strip-components=1 &&
        cd "$dir.new/src" &&
        "$PHPIZE" && CFLAGS=-O2 ./configure --with-php-config="$PHP_CONFIG" && make -s -j"$JOBS" &&
        cp modules/xdebug.so "$dir.new/xdebug.so" && cd / && rm -rf "$dir.new/src" && mv "$dir.new" "$dir"
}

build_xdebug_unless_present() {
    [ -f "$2/xdebug.so" ] || run_logged "build Xdebug for $ENGINE_NAME" "30 seconds" build_xdebug "$@"
}

# ensure_xdebug: prints the assignment of XDEBUG, the module; nothing, and why on stderr, where its source is not to be
# had.
ensure_xdebug() (
    read -r suite version < <(xdebug_source "$ENGINE_NAME")
    if ! tarball=$(debian_orig xdebug "$suite" "$version"); then
        say "no source of Xdebug $version here: it is left out"
        return
    fi
    dir=$CACHE/xdebug/$ENGINE_NAME-$(digest "${tarball##*/}" "$(engine_identity)" | cut -c1-8)
    mkdir -p "$CACHE/xdebug"
    with_lock xdebug build_xdebug_unless_present "$tarball" "$dir" || exit 1
    printf '%s=%q\n' XDEBUG "$dir/xdebug.so"
)
