# The core on Windows: built with mingw-w64, its tests run under wine. libuv and Catch2 come from Debian's sources. The
# storeys above it are compiled against PHP's headers as they are for Windows: there is no PHP to link and run them
# with.

WINDOWS_PACKAGES=(g++-mingw-w64-x86-64-posix wine64)
WINDOWS_PREFIX=$CACHE/mingw
MINGW=x86_64-w64-mingw32

for_windows() { # SOURCE BUILD OPTIONS...
    local source=$1 build=$2
    shift 2
    CC=$MINGW-gcc-posix CXX=$MINGW-g++-posix RC=$MINGW-windres \
        cmake -S "$source" -B "$build" -DCMAKE_SYSTEM_NAME=Windows -DCMAKE_BUILD_TYPE=Release "$@" &&
        cmake --build "$build" -j "$JOBS"
}

build_windows_libraries() { # LIBUV-TARBALL CATCH2-TARBALL
    local build=$CACHE/build/mingw prefix=$WINDOWS_PREFIX
    rm -rf "$build" "$prefix" && mkdir -p "$build"/{uv,catch2} &&
        tar -xf "$1" -C "$build/uv" --strip-components=1 &&
        tar -xf "$2" -C "$build/catch2" --strip-components=1 &&
        for_windows "$build/uv" "$build/uv-out" -DCMAKE_INSTALL_PREFIX="$prefix" \
            -DLIBUV_BUILD_TESTS=OFF -DBUILD_TESTING=OFF &&
        cmake --install "$build/uv-out" &&
        for_windows "$build/catch2" "$build/catch2-out" -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_CXX_STANDARD=20 \
            -DBUILD_TESTING=OFF -DCATCH_INSTALL_DOCS=OFF -DCATCH_INSTALL_EXTRAS=ON -DCMAKE_INSTALL_LIBDIR=lib \
            "${TOGETHER[@]}" &&
        cmake --install "$build/catch2-out" &&
        echo "${1##*/} ${2##*/}" >"$prefix/.bgworkers-stamp" &&
        rm -rf "$build"
}

build_windows_libraries_unless_current() {
    [ "$(cat "$WINDOWS_PREFIX/.bgworkers-stamp" 2>/dev/null)" = "${1##*/} ${2##*/}" ] ||
        run_logged "build libuv and Catch2 for Windows" "1 minute" build_windows_libraries "$1" "$2"
}

build_windows_tests() { # DIRECTORY
    PKG_CONFIG_LIBDIR=$WINDOWS_PREFIX/lib/pkgconfig for_windows "$ROOT" "$1" -DCMAKE_PREFIX_PATH="$WINDOWS_PREFIX" \
        -DBGWORKERS_TESTS=ON "${TOGETHER[@]}" -DCMAKE_EXE_LINKER_FLAGS=-static
}

# unpack_windows_headers TARBALL DIRECTORY: PHP's headers with the config.w32.h that its configure.js would complete.
unpack_windows_headers() {
    rm -rf "$2" "$2.new" && mkdir -p "$2.new" &&
        tar -xf "$1" -C "$2.new" --strip-components=1 --wildcards '*/Zend/*.h' '*/main/*.h' '*/TSRM/*.h' \
            '*/ext/*.h' '*/win32/*.h' '*/win32/build/config.w32.h.in' &&
        mv "$2.new/win32/build/config.w32.h.in" "$2.new/main/config.w32.h" &&
        echo '#include <ws2tcpip.h>' >"$2.new/Ws2tcpip.h" &&  # file systems of Windows do not tell the two apart
        mv "$2.new" "$2"
}

# PHP's own snprintf knows %F, which the compiler does not know.
compile_for_windows() { # HEADERS DIRECTORY
    local php=$1 compile
    mkdir -p "$2" && cd "$2" || return 1
    compile=(ccache "$MINGW-g++-posix" -std=c++20 "${WARNINGS[@]}" -Wno-format -fpch-preprocess
        -DZEND_WIN32=1 -DPHP_WIN32=1 -DWIN32=1 -D_WINDOWS
        -DZTS=1 -DZEND_DEBUG=0 -DZEND_ENABLE_STATIC_TSRMLS_CACHE=1
        -I"$ROOT" -I"$ROOT/src" -isystem "$WINDOWS_PREFIX/include"
        -isystem "$php" -isystem "$php/main" -isystem "$php/Zend" -isystem "$php/TSRM")
    printf '#include "%s"\n' tests/compile/php_for_mingw.h src/core/base/precompiled.h src/host/php.h >php_headers.h &&
        "${compile[@]}" -x c++-header php_headers.h -o php_headers.h.gch || return 1
    find "$ROOT"/src/host "$ROOT"/src/zend -name '*.cc' ! -name '*_posix.cc' |
        xargs -P "$JOBS" -n 1 "${compile[@]}" -include php_headers.h -c
}
