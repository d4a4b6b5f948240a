# Catch2 3, out of Debian's source package, built once into $CACHE/catch2.

build_catch2() {
    local tarball=$1 prefix=$2 build=$CACHE/build/catch2
    rm -rf "$build" "$prefix" && mkdir -p "$build/src" &&
        tar -xf "$tarball" -C "$build/src" --strip-components=1 &&
        cmake -S "$build/src" -B "$build/out" -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_STANDARD=20 \
            -DBUILD_TESTING=OFF -DCATCH_INSTALL_DOCS=OFF -DCATCH_INSTALL_EXTRAS=ON \
            -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_INSTALL_PREFIX="$prefix" "${TOGETHER[@]}" &&
        cmake --build "$build/out" -j "$JOBS" &&
        DESTDIR="$build/stage" cmake --install "$build/out" &&
        basename "$tarball" >"$build/stage$prefix/.bgworkers-stamp" &&
        mv "$build/stage$prefix" "$prefix" &&
        rm -rf "$build"
}

catch2_is_current() {
    local tarball
    tarball=$(find_orig catch2)
    [ -n "$tarball" ] && [ "$(cat "$CATCH2/.bgworkers-stamp" 2>/dev/null)" = "${tarball##*/}" ]
}

build_catch2_unless_current() {
    catch2_is_current || run_logged "build Catch2" "30 seconds" build_catch2 "$1" "$CATCH2"
}

# Sets CATCH2 to the prefix.
ensure_catch2() {
    local tarball
    CATCH2=$CACHE/catch2
    catch2_is_current && return 0
    tarball=$(debian_orig catch2 trixie) || exit 1
    with_lock catch2 build_catch2_unless_current "$tarball" || exit 1
}
