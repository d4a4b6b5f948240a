# ds, whose structures copy what they take from arrays.

DS_SUITE=sid  # trixie's 1.5 is older than PHP 8.4

# ensure_ds: prints the assignment of DS, the module; nothing, and why on stderr, where its source is not to be had.
ensure_ds() (
    if ! tarball=$(debian_orig php-ds "$DS_SUITE"); then
        say "no source of ds here: it is left out"
        return
    fi
    module=$(ensure_debian_module ds "$tarball") || exit 1
    printf '%s=%q\n' DS "$module"
)
