# src/sources.list names every source once and nothing else; the builds read it as whole lines.
some "src/sources.list" "$(cat src/sources.list 2>/dev/null)"
some "source under src/" "$(tree_files 'src/*.cc')"
status=0
wrong=$(grep -vE '^(#.*|src/[a-z0-9_/]+\.cc)?$' src/sources.list)
[ -z "$wrong" ] || { echo "lines of src/sources.list that are neither a path nor a comment:"; echo "$wrong"; status=1; }
difference=$(diff <(grep '^src/' src/sources.list | sort) <(tree_files 'src/*.cc' | grep -v '_windows\.cc$' | sort))
[ -z "$difference" ] ||
    { echo "src/sources.list (<) and the files under src/ (>) differ:"; echo "$difference"; status=1; }
# On Windows each *_posix.cc has a *_windows.cc in its place.
of_system() { tree_files "src/*_$1.cc" | sed "s/_$1//" | sort; }
difference=$(diff <(of_system posix) <(of_system windows))
[ -z "$difference" ] || { echo "*_posix.cc (<) and *_windows.cc (>) differ:"; echo "$difference"; status=1; }
for build in config.m4 config.w32 CMakeLists.txt; do
    grep -q 'sources\.list' "$build" || { echo "$build does not read src/sources.list"; status=1; }
    if grep -nE '[a-z0-9_]+\.cc\b' "$build"; then echo "$build names a source by itself"; status=1; fi
done
exit $status
