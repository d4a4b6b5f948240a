# ext-parallel, a peer of `./dev bench`: no distribution packs it, so one commit of its repository, built once for each
# engine. PARALLEL_REPOSITORY names another copy of it.

PARALLEL_COMMIT=002f3d5668faa82a56863ff6587e0a23552326df

fetch_parallel() {
    local tarball=$1 work=$1.work
    rm -rf "$work" && git init -q --bare "$work" && cd "$work" &&
        git fetch -q --depth 1 "${PARALLEL_REPOSITORY:-https://github.com/krakjoe/parallel}" "$PARALLEL_COMMIT" &&
        git archive --format=tar "$PARALLEL_COMMIT" >"$tarball.new" && mv "$tarball.new" "$tarball" && rm -rf "$work"
}

build_parallel() {
    local tarball=$1 dir=$2
    rm -rf "$dir" "$dir.new" && mkdir -p "$dir.new/src" && tar -xf "$tarball" -C "$dir.new/src" &&
        cd "$dir.new/src" &&
        "$PHPIZE" && CFLAGS=-O2 ./configure --enable-parallel --with-php-config="$PHP_CONFIG" && make -s -j"$JOBS" &&
        cp modules/parallel.so "$dir.new/parallel.so" && cd / && rm -rf "$dir.new/src" && mv "$dir.new" "$dir"
}

build_parallel_unless_present() {
    [ -f "$1" ] || run_logged "fetch ext-parallel" "10 seconds" fetch_parallel "$1" || return 1
    [ -f "$2/parallel.so" ] || run_logged "build ext-parallel for $ENGINE_NAME" "20 seconds" build_parallel "$@"
}

# Sets and exports PARALLEL, the module; empty, and told, where it is not to be had.
ensure_parallel() {
    local tarball=$CACHE/downloads/parallel-$PARALLEL_COMMIT.tar
    local dir
    dir=$CACHE/parallel/$ENGINE_NAME-$(digest "$PARALLEL_COMMIT" "$(engine_identity)" | cut -c1-8)
    mkdir -p "$CACHE/parallel"
    PARALLEL=''
    if with_lock parallel build_parallel_unless_present "$tarball" "$dir"; then
        PARALLEL=$dir/parallel.so
    else
        say "without ext-parallel: its rows are left out (PARALLEL_REPOSITORY can name a copy of its repository)"
    fi
    export PARALLEL
}
