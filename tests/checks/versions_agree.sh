# One version: that of version.h is the newest of CHANGELOG.md ("To become X." until it has a heading), and if this
# commit has a tag, the tag names it and so does a heading. docs/inside/releasing.md is the way to a release.
header=$(tree_files 'src/*version.h' | head -n 1)
some "version.h under src/" "$header"
some "CHANGELOG.md" "$(tree_files CHANGELOG.md)"
version=$(sed -n 's/^#define BGWORKERS_VERSION "\(.*\)"$/\1/p' "$header")
newest=$(sed -nE 's/^To become ([0-9].*)\.$/\1/p; s/^## \[([0-9][^]]*)\].*/\1/p' CHANGELOG.md | head -n 1)
status=0
if [ -z "$version" ] || [ "$version" != "$newest" ]; then
    echo "$header says \"$version\", CHANGELOG.md \"$newest\""
    status=1
fi
for tag in $(git tag --points-at HEAD 2>/dev/null); do
    [ "${tag#v}" = "$version" ] || { echo "this commit's tag is $tag, $header says \"$version\""; status=1; }
    grep -qF "## [${tag#v}]" CHANGELOG.md || { echo "CHANGELOG.md has no heading for the tag $tag"; status=1; }
done
exit $status
