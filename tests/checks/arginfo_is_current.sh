# php_stubs/*_arginfo.h is what gen_stub.php makes of the stub. The generator of 8.4 needs PHP-Parser,
# which comes from Debian's source package; without either, the hash in the header is compared.
mapfile -t stubs < <(tree_files 'php_stubs/*.stub.php')
some "stub in php_stubs/" "${stubs[@]}"
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
generator=$CACHE/php-8.4-release/lib/php/build/gen_stub.php
status=0
for stub in "${stubs[@]}"; do
    header=${stub%.stub.php}_arginfo.h
    hash=$(tr -d '\r' <"$stub" | sha1sum | cut -d ' ' -f 1)
    if ! grep -qE "Stub hash: $hash( |\$)" "$header"; then
        echo "$header was not generated from $stub as it is now (its hash is $hash)"
        status=1
    elif [ -f "$generator" ] && [ -f "${PHP_PARSER:-}" ]; then
        mkdir -p "$work/PHP-Parser-5.0.0" && cp "$generator" "$stub" "$work/" &&
            tar -xf "$PHP_PARSER" -C "$work/PHP-Parser-5.0.0" --strip-components=1 || exit 1
        "$CACHE/php-8.4-release/bin/php" -n -d error_reporting='E_ALL & ~E_DEPRECATED' \
            "$work/gen_stub.php" -f "$work/${stub##*/}" >"$work/log" 2>&1 || { cat "$work/log"; status=1; }
        diff -u "$header" "$work/${header##*/}" ||
            { echo "$header differs from what gen_stub.php makes of $stub"; status=1; }
    fi
done
exit $status
