# The core's tests under wine, and the extension compiled as on Windows.

USUALLY[windows]="2 minutes"
. "$ROOT/tests/compile/windows.sh"

run_windows() {
    local build wine headers tarball
    heading "the core on Windows, under wine"
    ensure_packages "${WINDOWS_PACKAGES[@]}"
    wine=$(command -v wine64 || echo /usr/lib/wine/wine64)
    export WINEPREFIX=$CACHE/wine WINEDEBUG=-all
    if ! [ -x "$wine" ] || ! timeout 120 "$wine" cmd /c exit >/dev/null 2>&1 </dev/null; then
        count "windows, wine does not run here" 0 0 1
        return
    fi
    with_lock mingw build_windows_libraries_unless_current \
        "$(debian_orig libuv1 bookworm)" "$(debian_orig catch2 trixie)"
    build=$(core_tests_of windows)
    if ! run_logged "build the core tests for Windows" "2 minutes" build_windows_tests "$build"; then
        count windows 0 1 0
        return
    fi
    start_core_tests windows "$wine" "$build/core_tests.exe"
    headers=$CACHE/php-windows-headers-8.4
    tarball=$(debian_orig php8.4 trixie)
    if [ ! -d "$headers" ] && ! unpack_windows_headers "$tarball" "$headers"; then
        count "the extension for Windows, PHP's headers are not to be had" 0 0 1
    elif run_logged "compile the extension for Windows" "1 minute" \
        compile_for_windows "$headers" "$build-extension"; then
        count "the extension for Windows compiles" 1 0 0
    else
        count "the extension for Windows" 0 1 0
    fi
    await_core_tests windows
}
