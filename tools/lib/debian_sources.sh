# Upstream tarballs out of Debian's source packages, over the mirror apt already uses.
#
# apt gets a configuration, lists and cache of its own, so the user's set-up stays as it is; the
# archive's signature (debian-archive-keyring) covers the index, and the index covers each tarball.
# Only the `.orig` tarball is used: Debian's patches serve its packaging, and upstream builds as it is.

DEBIAN_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# The base address of the Debian mirror, asked of apt itself, which knows both file formats.
debian_mirror() {
    local codename
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
        awk -v codename="$codename" '$2 == codename && $3 == "main" { print $1; exit }'
}

# private_apt SUITE [deb]: writes a configuration for the sources, or packages, of SUITE and prints its path.
private_apt() {
    local suite=$1 kind=${2:-deb-src} dir=$CACHE/apt/$1 mirror
    mirror=$(debian_mirror)
    [ -n "$mirror" ] || die "apt knows no Debian mirror for this release; name a ZTS PHP with PHP_CONFIG instead"
    [ -r "$DEBIAN_KEYRING" ] || die "$DEBIAN_KEYRING is missing; install debian-archive-keyring"
    mkdir -p "$dir"/{state/lists/partial,cache/archives/partial,empty}
    echo "$kind [signed-by=$DEBIAN_KEYRING] $mirror $suite main" >"$dir/sources.list"
    {
        # How to reach the mirror (proxies, timeouts) stays the user's; hooks and the rest do not.
        apt-config dump | grep '^Acquire::' || true
        cat <<CONF
Dir::Etc::Main "$dir/empty/none";
Dir::Etc::Parts "$dir/empty";
Dir::Etc::SourceList "$dir/sources.list";
Dir::Etc::SourceParts "$dir/empty";
Dir::State "$dir/state";
Dir::State::Lists "$dir/state/lists";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "$dir/cache";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Sandbox::User "root";
CONF
    } >"$dir/apt.conf"
    echo "$dir/apt.conf"
}

fetch_orig() { # PACKAGE SUITE VERSION
    local package=$1 suite=$2 conf partial=$CACHE/downloads/.partial-$1
    conf=$(private_apt "$suite") || return 1
    rm -rf "$partial" && mkdir -p "$partial" && cd "$partial" || return 1
    { APT_CONFIG=$conf apt-get update -q &&
        APT_CONFIG=$conf apt-get source -q --download-only --tar-only --only-source "$package"; } ||
        fetch_tried_orig "$package" "$3" || return 1
    mv -- *.orig.tar.* "$CACHE/downloads/"
    rm -rf "$partial"
}

# For a mirror whose index names a version that it does not have: the version that was tried last, if its pool still
# has that one. Its checksum takes the place of the index's signature.
fetch_tried_orig() { # PACKAGE VERSION
    local checksum file mirror section=${1:0:1}
    read -r checksum file < <(grep -F "  $1_$2" "$ROOT/tools/lib/tried_sources.sha256") || return 1
    [[ $1 != lib* ]] || section=${1:0:4}
    mirror=$(debian_mirror)
    echo "$1: not to be had as the index says; trying $file"
    /usr/lib/apt/apt-helper download-file "${mirror%/}/pool/main/$section/$1/$file" "$file" "SHA256:$checksum"
}

find_orig() { # PACKAGE [VERSION]
    find "$CACHE/downloads" -maxdepth 1 -name "$1_${2:-}*.orig.tar.?z*" ! -name '*.asc' | sort -V | tail -n 1
}

# debian_orig PACKAGE SUITE [VERSION]: prints the path of the tarball, fetched once. VERSION, or how it begins, tells
# the tarballs of several suites apart.
debian_orig() {
    local found
    found=$(find_orig "$1" "${3:-}")
    if [ -z "$found" ]; then
        with_lock "download-$1" run_logged "download the source of $1 from Debian $2" "20 seconds" \
            fetch_orig "$1" "$2" "${3:-}" || return 1
        found=$(find_orig "$1" "${3:-}")
    fi
    [ -n "$found" ] || die "Debian's $1 holds no upstream tarball"
    echo "$found"
}
