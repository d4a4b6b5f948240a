# Who may include whom: arrows.list, beside this file, has the rooms of src/ and the arrows between them. An arrow that
# is not in it, a room that is not in it, and a circle among the core's rooms fail.
list=$ROOT/tests/checks/arrows.list
mapfile -t files < <(tree_files 'src/*.cc' 'src/*.h')
some "source under src/" "${files[@]}"
some "file under src/core" "$(tree_files 'src/core/*')"

# A header's room is its folder; what is no file of ours is PHP's or of the system.
grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]' /dev/null "${files[@]}" |
    awk -v list="$list" -v files="${files[*]}" '
        function room_of(path) { sub(/^src\//, "", path); sub(/\/[^\/]*$/, "", path); return path }
        function allowed(from, to,   i, prefix) {
            for (i = 1; i <= count[from]; ++i) {
                if (arrow[from, i] == to) return 1
                prefix = arrow[from, i]
                if (sub(/\*$/, "", prefix) && index(to "/", prefix) == 1) return 1
            }
            return 0
        }
        BEGIN {
            while ((getline line < list) > 0) {
                sub(/#.*/, "", line)
                if (line !~ /:/) continue
                room = line; sub(/[ \t]*:.*/, "", room); sub(/^[^:]*:/, "", line)
                known[room] = 1
                count[room] = split(line, words)
                for (i = 1; i <= count[room]; ++i) arrow[room, i] = words[i]
            }
            n = split(files, names, " ")
            for (i = 1; i <= n; ++i) {
                exists[names[i]] = 1
                room = room_of(names[i])
                if (room in known || room in told) continue
                told[room] = bad = 1
                print room ": this room is not in arrows.list"
            }
        }
        {
            split($0, place, ":")
            file = place[1]; from = room_of(file)
            target = $0; sub(/^[^<"]*[<"]/, "", target); sub(/[>"].*/, "", target)
            beside = file; sub(/[^\/]*$/, target, beside)
            if (("src/" target) in exists || target ~ /^(core|host|zend)\//) to = room_of("src/" target)
            else if (beside in exists) to = room_of(beside)
            else if (target ~ /^(php|zend|SAPI|TSRM|config\.h|main\/|Zend\/|TSRM\/|ext\/|sapi\/)/) to = "php"
            else next
            if (to == from || allowed(from, to) || allowed(from, target)) next
            print file ":" place[2] ": " from " may not include " to " (" target ")"
            bad = 1
        }
        END { exit bad }' || exit 1

# Stars are left to the storeys: no room of the core names one.
circle=$(sed -n 's/#.*//; s/^\(core[^ :]*\) *:/\1/p' "$list" |
    awk '{ for (i = 2; i <= NF; ++i) print $1, $i }' | tsort 2>&1 >/dev/null)
[ -z "$circle" ] || { echo "arrows.list has a circle:"; echo "$circle"; exit 1; }
