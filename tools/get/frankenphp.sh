# FrankenPHP as its Go module: the host of tests/hosts/frankenphp, linked to the libphp of an engine without PHP's
# deferred signals (FrankenPHP never starts those), and the extension for that engine. Modules come by way of Go's own
# proxy settings, into Go's own caches.

FRANKENPHP_GO=1.26

has_go() {
    local present
    present=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null) || return 1
    [ "$(printf '%s\n' "$FRANKENPHP_GO" "${present#go}" | sort -V | head -n 1)" = "$FRANKENPHP_GO" ]
}

# Without what a host of our own does not use, and what needs libraries for it.
build_frankenphp() {
    rm -rf "$1" "$1.new" && mkdir -p "$1.new" && cd "$ROOT/tests/hosts/frankenphp" &&
        CGO_ENABLED=1 CGO_CFLAGS="-O2 $("$PHP_CONFIG" --includes)" CGO_LDFLAGS="-L$ENGINE/lib -Wl,-rpath,$ENGINE/lib" \
            GOTOOLCHAIN=local GOWORK=off GOFLAGS= \
            go build -buildvcs=false -tags nowatcher,nomercure,nobrotli -o "$1.new/host" . &&
        mv "$1.new" "$1"
}

build_frankenphp_unless_present() {
    [ -x "$1/host" ] || run_logged "build FrankenPHP's host" "2 minutes" build_frankenphp "$1"
}

# ensure_frankenphp VERSION: prints assignments of FRANKENPHP, the host; FRANKENPHP_EXTENSION, built for it; and
# FRANKENPHP_OPCACHE. Nothing, and why on stderr, where there is no Go.
ensure_frankenphp() (
    if ! has_go; then
        say "no Go $FRANKENPHP_GO here: FrankenPHP is left out"
        return
    fi
    PHP_CONFIG=
    select_engine "$1" 0 no-signals
    ensure_extension
    sources=$(cat "$ROOT"/tests/hosts/frankenphp/{main.go,go.mod,go.sum})
    dir=$CACHE/frankenphp-$(digest "$sources" "$(engine_identity)" | cut -c1-8)
    with_lock frankenphp build_frankenphp_unless_present "$dir" || exit 1
    printf '%s=%q\n' FRANKENPHP "$dir/host" FRANKENPHP_EXTENSION "$EXTENSION" \
        FRANKENPHP_OPCACHE "$(find "$ENGINE/lib" -name opcache.so | head -n 1)"
)
