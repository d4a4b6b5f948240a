# clang's -Wthread-safety: every field that names its mutex is touched under it alone, in all storeys.
needs clang++ clang
mapfile -t sources < <(tree_files 'src/*.cc' | grep -v '_windows\.cc$')
some "source under src/" "${sources[@]}"
read -ra flags < <(pkg-config --cflags libuv 2>/dev/null)
if [[ ${sources[*]} == *src/host/* || ${sources[*]} == *src/zend/* ]]; then
    [ -x "${PHP_CONFIG:-}" ] || { echo "PHP_CONFIG names no engine, whose headers host/ and zend/ need"; exit 1; }
    for word in $("$PHP_CONFIG" --includes); do flags+=(-isystem "${word#-I}"); done
fi
printf '%s\0' "${sources[@]}" | xargs -0 -P "${JOBS:-2}" -n 4 clang++ -std=c++20 -fsyntax-only -I. -Isrc "${flags[@]}" \
    -DZEND_ENABLE_STATIC_TSRMLS_CACHE=1 -Wthread-safety -Wthread-safety-beta -Werror=thread-safety \
    -Werror=thread-safety-beta
