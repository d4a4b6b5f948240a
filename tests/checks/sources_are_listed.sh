# src/sources.list names every source once and nothing else; the builds read it as whole lines.
cd "$ROOT" || exit 1
status=0
wrong=$(grep -vE '^(#.*|src/[a-z0-9_/]+\.cc)?$' src/sources.list)
[ -z "$wrong" ] || { echo "lines of src/sources.list that are neither a path nor a comment:"; echo "$wrong"; status=1; }
difference=$(diff <(grep '^src/' src/sources.list | sort) <(find src -name '*.cc' ! -name '*_windows.cc' | sort))
[ -z "$difference" ] || { echo "src/sources.list (<) and the files under src/ (>) differ:"; echo "$difference"; status=1; }
# On Windows each *_posix.cc has a *_windows.cc in its place.
difference=$(diff <(find src -name '*_posix.cc' | sed 's/_posix//' | sort) <(find src -name '*_windows.cc' | sed 's/_windows//' | sort))
[ -z "$difference" ] || { echo "*_posix.cc (<) and *_windows.cc (>) differ:"; echo "$difference"; status=1; }
for build in config.m4 config.w32 CMakeLists.txt; do
    grep -q 'sources\.list' "$build" || { echo "$build does not read src/sources.list"; status=1; }
    if grep -nE '[a-z0-9_]+\.cc\b' "$build"; then echo "$build names a source by itself"; status=1; fi
done
exit $status
