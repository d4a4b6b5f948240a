# The extension, built with phpize in a copy of the sources: the repository stays clean, and each
# engine and each checkout has a build of its own.

# Names a state of files by their contents.
files_digest() { (cd "$ROOT" && find "$@" -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-24); }

copy_sources() {
    rm -rf "$1/src" "$1/php_stubs" "$1/bin" && mkdir -p "$1" &&
        (cd "$ROOT" && cp -a config.m4 src php_stubs bin "$1/")
}

configure_extension() {
    local tree=$1 map
    shift
    map="-ffile-prefix-map=$tree=$ROOT"
    rm -rf "$tree" && copy_sources "$tree" && cd "$tree" && "$PHPIZE" &&
        CFLAGS="-g -O2 $map" CXXFLAGS="-g -O2 $map" ./configure --with-php-config="$PHP_CONFIG" "$@"
}

# Precompiled as phpize's Makefile compiles a file: with other flags the compiler would not use it.
precompile_php_headers() {
    local compile
    compile=$(make -s -n src/host/opcache.lo LIBTOOL= | sed -n 's/^.*--mode=compile \(.*\) -c .*$/\1/p') &&
        printf '#include "%s"\n' src/core/base/precompiled.h src/host/php.h >php_headers.h &&
        eval "$compile -fPIC -DPIC -fpch-preprocess -x c++-header php_headers.h -o php_headers.h.gch"
}

# phpize's Makefile knows nothing of headers, so after any change everything is compiled again: ccache hands out what
# did not change. It sees paths as they are from the tree, so the core's objects are the same for all engines whose
# compiler flags are.
make_extension() {
    local tree=$1 out=$2
    export CCACHE_BASEDIR=$tree CCACHE_IGNOREOPTIONS='-ffile-prefix-map=*' CCACHE_NAMESPACE=$ROOT
    copy_sources "$tree" && cd "$tree" &&
        find . -name '*.lo' -delete && rm -rf modules && mkdir modules &&
        precompile_php_headers &&
        make -s -j"$JOBS" -f Makefile -f "$ROOT/tools/get/extension.mk" \
            LIBTOOL='$(SHELL) $(top_builddir)/libtool --silent' &&
        cp modules/bgworkers.so "$out.new" && mv "$out.new" "$out"
}

build_extension_unless_current() {
    local dir=$1 configured=$2 sources=$3
    shift 3
    [ -f "$EXTENSION" ] && [ "$(cat "$dir/stamp" 2>/dev/null)" = "$configured $sources" ] && return 0
    rm -f "$dir/stamp"
    if [ "$(cat "$dir/configured" 2>/dev/null)" != "$configured" ]; then
        rm -f "$dir/configured"
        run_logged "configure the extension for $ENGINE_NAME" "15 seconds" \
            configure_extension "$dir/tree" "$@" || return 1
        echo "$configured" >"$dir/configured"
    fi
    run_logged "build the extension for $ENGINE_NAME" "2 minutes" make_extension "$dir/tree" "$EXTENSION" || return 1
    echo "$configured $sources" >"$dir/stamp"
}

# ensure_extension [CONFIGURE FLAGS...]: sets EXTENSION. Running processes keep the module they loaded:
# a new one replaces it by a rename.
ensure_extension() {
    local dir configured sources
    dir=$CACHE/ext/$ENGINE_NAME-$(digest "$ROOT" "$@" | cut -c1-8)
    mkdir -p "$dir"
    EXTENSION=$dir/bgworkers.so
    configured=$(digest "$(files_digest config.m4 src/sources.list bin/Makefile.frag)" "$(engine_identity)" \
        "$(pkg-config --modversion libuv 2>/dev/null)" "$@")
    sources=$(files_digest src php_stubs)
    with_lock "ext-${dir##*/}" build_extension_unless_current "$dir" "$configured" "$sources" "$@" || exit 1
}
