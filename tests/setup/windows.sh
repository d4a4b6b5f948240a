# The core on Windows: built with mingw-w64, its tests run under wine. libuv and Catch2 come from Debian's sources.

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
        for_windows "$build/uv" "$build/uv-out" -DCMAKE_INSTALL_PREFIX="$prefix" -DLIBUV_BUILD_TESTS=OFF -DBUILD_TESTING=OFF &&
        cmake --install "$build/uv-out" &&
        for_windows "$build/catch2" "$build/catch2-out" -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_CXX_STANDARD=20 \
            -DBUILD_TESTING=OFF -DCATCH_INSTALL_DOCS=OFF -DCATCH_INSTALL_EXTRAS=ON -DCMAKE_INSTALL_LIBDIR=lib &&
        cmake --install "$build/catch2-out" &&
        echo "${1##*/} ${2##*/}" >"$prefix/.bgworkers-stamp" &&
        rm -rf "$build"
}

build_windows_libraries_unless_current() {
    [ "$(cat "$WINDOWS_PREFIX/.bgworkers-stamp" 2>/dev/null)" = "${1##*/} ${2##*/}" ] ||
        run_logged "build libuv and Catch2 for Windows" "2 minutes" build_windows_libraries "$1" "$2"
}

build_windows_tests() { # DIRECTORY
    PKG_CONFIG_LIBDIR=$WINDOWS_PREFIX/lib/pkgconfig for_windows "$ROOT" "$1" -DCMAKE_PREFIX_PATH="$WINDOWS_PREFIX" \
        -DCMAKE_EXE_LINKER_FLAGS=-static
}

run_windows() {
    local build wine status=0
    if [ "$ENGINE_NAME" != 8.4-release ]; then return; fi
    heading "the core on Windows, under wine"
    ensure_packages "${WINDOWS_PACKAGES[@]}"
    wine=$(command -v wine64 || echo /usr/lib/wine/wine64)
    export WINEPREFIX=$CACHE/wine WINEDEBUG=-all
    if ! [ -x "$wine" ] || ! timeout 120 "$wine" cmd /c exit >/dev/null 2>&1 </dev/null; then
        count "windows, wine does not run here" 0 0 1
        return
    fi
    with_lock mingw build_windows_libraries_unless_current "$(debian_orig libuv1 bookworm)" "$(debian_orig catch2 trixie)"
    build=$CACHE/core-$(digest "$ROOT" | cut -c1-8)-windows
    if ! run_logged "build the core tests for Windows" "2 minutes" build_windows_tests "$build"; then
        count windows 0 1 0
        return
    fi
    rm -f "$CACHE/logs/core-windows.xml"
    (cd "$CACHE/logs" && timeout -k 10 400 "$wine" "$build/core_tests.exe" --reporter console --reporter "xml::out=core-windows.xml") \
        >"$CACHE/logs/core-windows.log" 2>&1 </dev/null || status=$?
    cat "$CACHE/logs/core-windows.log"
    count_core windows "$status"
}
