# ZTS PHP engines, built once each into $CACHE/php-FLAVOUR.

ENGINE_OPTIONS=(
    --disable-all --enable-zts
    --enable-cli --enable-fpm --enable-embed=shared --disable-cgi --disable-phpdbg
    --enable-opcache --enable-pcntl --enable-posix --enable-sockets --enable-session
    --enable-tokenizer --enable-ctype --enable-filter --enable-mbstring --disable-mbregex --with-zlib
)

# The demo's: half of the files.
DEMO_ENGINE_OPTIONS=(
    --disable-all --enable-zts --enable-cli --enable-fpm --enable-embed=shared --disable-cgi --disable-phpdbg
    --enable-posix
)

# Of an engine without --enable-debug. Debuggers know its functions and lines; all about its variables would take a
# quarter of the compiler's time.
OPTIMIZED='CFLAGS=-g1 -O2'

# What a flavour changes for its own build: the name of the build directory (that of an engine with nearly the same
# objects, which ccache then hands out) and words for `make install`.
ENGINE_BUILDS_AS='' ENGINE_INSTALLS=()

engine_suite() {
    case $1 in
        8.2) echo bookworm ;;
        8.4) echo trixie ;;
        *) die "no source for PHP $1: 8.2 and 8.4 are known" ;;
    esac
}

# Runs in a build directory with a fixed name, so that ccache sees the same paths again. The
# prefix appears at once, by a rename, and the stamp is written last.
build_engine() {
    local tarball=$1 prefix=$2 stamp=$3 build
    shift 3
    build=$CACHE/build/${ENGINE_BUILDS_AS:-${prefix##*/}}
    rm -rf "$build" "$prefix" && mkdir -p "$build/src" &&
        tar -xf "$tarball" -C "$build/src" --strip-components=1 &&
        cd "$build/src" &&
        ./configure --prefix="$prefix" "$@" &&
        make -j"$JOBS" LIBTOOL="$ROOT/tools/get/compile_once \$(top_builddir)/libtool --silent --preserve-dup-deps" &&
        make install INSTALL_ROOT="$build/stage" "${ENGINE_INSTALLS[@]}" &&
        "$build/src/sapi/cli/php" -n -r 'exit(PHP_ZTS ? 0 : 1);' &&
        echo "$stamp" >"$build/stage$prefix/.bgworkers-stamp" &&
        mv "$build/stage$prefix" "$prefix" &&
        rm -rf "$build"
}

# has_engine FLAVOUR VERSION [CONFIGURE FLAGS...]: sets ENGINE, and succeeds if it is there and up to date.
has_engine() {
    local tarball
    ENGINE=$CACHE/php-$1
    tarball=$(find_orig "php$2")
    [ -n "$tarball" ] && engine_is_current "$(digest "${tarball##*/}" "${ENGINE_OPTIONS[@]}" "${@:3}")"
}

# ensure_engine FLAVOUR VERSION USUALLY [CONFIGURE FLAGS...]: a flavour is a name and what it adds to
# ENGINE_OPTIONS; VAR=value words (CFLAGS=…) are flags too. Sets ENGINE to the prefix.
ensure_engine() {
    local flavour=$1 version=$2 usually=$3 tarball stamp
    shift 3
    if has_engine "$flavour" "$version" "$@"; then return 0; fi
    tarball=$(debian_orig "php$version" "$(engine_suite "$version")") || exit 1
    stamp=$(digest "${tarball##*/}" "${ENGINE_OPTIONS[@]}" "$@")
    with_lock "php-$flavour" build_engine_unless_current "$flavour" "$usually" "$tarball" "$stamp" "$@" || exit 1
}

engine_is_current() { [ "$(cat "$ENGINE/.bgworkers-stamp" 2>/dev/null)" = "$1" ]; }

build_engine_unless_current() {
    local flavour=$1 usually=$2 tarball=$3 stamp=$4
    shift 4
    engine_is_current "$stamp" && return 0
    run_logged "build PHP $flavour" "$usually" build_engine "$tarball" "$ENGINE" "$stamp" "${ENGINE_OPTIONS[@]}" "$@"
}
