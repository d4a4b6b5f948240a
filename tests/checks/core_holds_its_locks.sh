# clang's -Wthread-safety: every field of the core that names its mutex is touched under it alone.
cd "$ROOT" || exit 1
if ! command -v clang++ >/dev/null; then
    echo "clang++ is missing (Debian: clang); the locks of src/core go unchecked"
    [ -z "${CI:-}" ]
    exit
fi
flags=$(pkg-config --cflags libuv 2>/dev/null)
status=0
for source in src/core/*.cc; do
    [[ $source != *_windows.cc ]] || continue
    # shellcheck disable=SC2086
    clang++ -std=c++20 -fsyntax-only -Isrc $flags -Wall -Wextra -Wno-unused-parameter \
        -Wthread-safety -Wthread-safety-beta -Werror "$source" || status=1
done
exit $status
