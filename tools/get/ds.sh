# ds, whose structures copy what they take from arrays, out of Debian's source package, built once for each engine.

DS_SUITE=sid  # trixie's 1.5 is older than PHP 8.4

build_ds() {
    local tarball=$1 dir=$2
    rm -rf "$dir" "$dir.new" && mkdir -p "$dir.new/src" &&
        tar -xf "$tarball" -C "$dir.new/src" --strip-components=1 &&
        build_php_module ds "$dir.new/src" "$dir.new" && cd / && rm -rf "$dir.new/src" && mv "$dir.new" "$dir"
}

build_ds_unless_present() {
    [ -f "$2/ds.so" ] || run_logged "build ds for $ENGINE_NAME" "30 seconds" build_ds "$@"
}

# ensure_ds: prints the assignment of DS, the module; nothing, and why on stderr, where its source is not to be had.
ensure_ds() (
    if ! tarball=$(debian_orig php-ds "$DS_SUITE"); then
        say "no source of ds here: it is left out"
        return
    fi
    dir=$CACHE/ds/$ENGINE_NAME-$(digest "${tarball##*/}" "$(engine_identity)" | cut -c1-8)
    mkdir -p "$CACHE/ds"
    with_lock ds build_ds_unless_present "$tarball" "$dir" || exit 1
    printf '%s=%q\n' DS "$dir/ds.so"
)
