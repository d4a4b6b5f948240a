#include "core/workers/worker_keys.h"

#include <algorithm>
#include <climits>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

#include "core/base/numbers.h"
#include "core/base/spelling.h"
#include "core/os/path.h"

namespace bgworkers {

namespace fs = std::filesystem;

namespace {

// Nothing but a leading "./" is simplified: "link/../x" is not "x" if link is a symbolic link.
std::string resolve(const std::string& directory, std::string path) {
    if (is_absolute_path(path)) {
        return path;
    }
    while (path.compare(0, 2, "./") == 0) {
        path.erase(0, std::min(path.find_first_not_of('/', 1), path.size()));
    }
    return (fs::path(directory) / path).string();
}

// "worker.php --every=5" that is no file, while worker.php is one: the file's name, else "". What stands behind it may
// be secret, as the values of args[] may.
std::string script_with_arguments(const std::string& script) {
    std::error_code ignored;
    for (size_t blank = script.find(' '); blank != std::string::npos; blank = script.find(' ', blank + 1)) {
        if (const std::string file = script.substr(0, blank); fs::is_regular_file(file, ignored)) {
            return file;
        }
    }
    return "";
}

std::string set_script(WorkerSpec& spec, const RawEntry& entry, const KeySource& source) {
    if (entry.value.empty()) {
        return "script must not be empty";
    }
    spec.script = resolve(source.directory, entry.value);
    return script_defect(spec.script);
}

template <int WorkerSpec::* Member, int Least>
std::string set_whole(WorkerSpec& spec, const RawEntry& entry, const KeySource&) {
    const std::optional<int64_t> parsed = parse_integer(entry.value, Least, INT_MAX);
    if (!parsed) {
        return entry.key + " must be a whole number from " + std::to_string(Least) + " to " + std::to_string(INT_MAX) +
               ", " + in_quotes(entry.value) + " given";
    }
    spec.*Member = static_cast<int>(*parsed);
    return "";
}

template <std::optional<double> WorkerSpec::* Member>
std::string set_seconds(WorkerSpec& spec, const RawEntry& entry, const KeySource&) {
    spec.*Member = parse_seconds(entry.value);
    if (spec.*Member) {
        return "";
    }
    return entry.key + " must be a number of seconds from 0 to " + std::to_string(static_cast<long>(kLongestSeconds)) +
           ", " + in_quotes(entry.value) + " given";
}

template <bool WorkerSpec::* Member>
std::string set_switch(WorkerSpec& spec, const RawEntry& entry, const KeySource&) {
    if (entry.value != "0" && entry.value != "1") {
        return entry.key + " must be 0 or 1, " + in_quotes(entry.value) + " given";
    }
    spec.*Member = entry.value == "1";
    return "";
}

std::string set_shared(WorkerSpec& spec, const RawEntry& entry, const KeySource& source) {
    const std::string defect = set_switch<&WorkerSpec::shared>(spec, entry, source);
    return defect.empty() && spec.shared && !source.ini.shared_memory
               ? "shared = 1 needs shared memory, and bgworkers.shared_memory is 0"
               : defect;
}

std::string set_every(WorkerSpec& spec, const RawEntry& entry, const KeySource&) {
    spec.every = parse_seconds(entry.value);
    if (spec.every && *spec.every >= kShortestEvery) {
        return "";
    }
    return "every must be a number of seconds from 0.01 to " + std::to_string(static_cast<long>(kLongestSeconds)) +
           ", " + in_quotes(entry.value) + " given";
}

template <int64_t WorkerSpec::* Member>
std::string set_size(WorkerSpec& spec, const RawEntry& entry, const KeySource&) {
    const std::optional<int64_t> parsed = parse_size(entry.value);
    if (!parsed) {
        return entry.key + " must be a number of bytes, such as 512K or 16M, or 0 for no limit, " +
               in_quotes(entry.value) + " given";
    }
    spec.*Member = *parsed;
    return "";
}

std::string add_argument(WorkerSpec& spec, const RawEntry& entry, const KeySource&) {
    spec.args.push_back(entry.value);
    return "";
}

std::string add_watch(WorkerSpec& spec, const RawEntry& entry, const KeySource& source) {
    if (entry.value.empty()) {
        return "watch[] must not be empty";
    }
    spec.watch.push_back(resolve(source.directory, entry.value));
    return "";
}

std::string add_variable(WorkerSpec& spec, const RawEntry& entry, const KeySource&) {
    if (entry.index->find('=') != std::string::npos) {
        return "env[" + *entry.index + "] must not have a \"=\" in its name";
    }
    spec.env.emplace_back(*entry.index, entry.value);
    return "";
}

std::string add_setting(WorkerSpec& spec, const RawEntry& entry, const KeySource& source) {
    std::string name = *entry.index;
    std::transform(name.begin(), name.end(), name.begin(), lower);
    if (source.ini.forced != nullptr && source.ini.forced(name)) {
        return "ini[" + *entry.index + "] cannot be set, bgworkers sets it itself";
    }
    if (std::string defect = source.ini.defect == nullptr ? "" : source.ini.defect(*entry.index); !defect.empty()) {
        return defect;
    }
    spec.ini.emplace_back(*entry.index, entry.value);
    return "";
}

// The check reads name, shape and place of each row, so they stand on one line.
constexpr Key kKeys[] = {
    {"script", KeyShape::single, KeyPlace::all, set_script},
    {"enabled", KeyShape::single, KeyPlace::all, set_switch<&WorkerSpec::enabled>},
    {"num", KeyShape::single, KeyPlace::named, set_whole<&WorkerSpec::num, 0>},
    {"args", KeyShape::list, KeyPlace::all, add_argument},
    {"env", KeyShape::map, KeyPlace::all, add_variable},
    {"ini", KeyShape::map, KeyPlace::all, add_setting},
    {"max_threads", KeyShape::single, KeyPlace::catch_all, set_whole<&WorkerSpec::max_threads, 1>},
    {"max_consecutive_failures", KeyShape::single, KeyPlace::all, set_whole<&WorkerSpec::max_consecutive_failures, -1>},
    {"shutdown_grace", KeyShape::single, KeyPlace::all, set_seconds<&WorkerSpec::shutdown_grace>},
    {"watch", KeyShape::list, KeyPlace::all, add_watch},
    {"opcache", KeyShape::single, KeyPlace::all, set_switch<&WorkerSpec::opcache>},
    {"command", KeyShape::single, KeyPlace::all, set_switch<&WorkerSpec::command>},
    {"shared", KeyShape::single, KeyPlace::all, set_shared},
    {"every", KeyShape::single, KeyPlace::named, set_every},
    {"queue", KeyShape::single, KeyPlace::all, set_whole<&WorkerSpec::queue, 0>},
    {"max_task_size", KeyShape::single, KeyPlace::all, set_size<&WorkerSpec::max_task_size>},
    {"task_timeout", KeyShape::single, KeyPlace::all, set_seconds<&WorkerSpec::task_timeout>},
    {"max_tasks", KeyShape::single, KeyPlace::all, set_whole<&WorkerSpec::max_tasks, 0>},
    {"concurrency", KeyShape::single, KeyPlace::all, set_whole<&WorkerSpec::concurrency, 1>},
};

}  // namespace

const Key* find_key(std::string_view name) noexcept {
    for (const Key& key : kKeys) {
        if (key.name == name) {
            return &key;
        }
    }
    return nullptr;
}

std::string written(const Key& key) {
    constexpr const char* kBehind[] = {"", "[]", "[NAME]"};
    return std::string(key.name) + kBehind[static_cast<int>(key.shape)];
}

std::string unknown_key(std::string_view name) {
    const std::string unknown = "unknown key " + in_quotes(name);
    // A key is a line, and a line may be long.
    if (name.size() > 2 * kMaxNameLength) {
        return unknown;
    }
    NearestName nearest(name);
    for (const Key& key : kKeys) {
        nearest.offer(key.name);
    }
    return nearest.found() ? unknown + ", did you mean " + written(*find_key(nearest.name())) + "?" : unknown;
}

std::string script_defect(const std::string& script) {
    std::error_code error;
    const fs::file_status status = fs::status(script, error);
    // Before the error, which is set for a file that is not there, too.
    if (status.type() == fs::file_type::not_found) {
        if (const std::string file = script_with_arguments(script); !file.empty()) {
            return "script " + in_quotes(file) + " has arguments behind it, write args[] = ... for each of them";
        }
        return "script " + in_quotes(script) + " does not exist";
    }
    if (status.type() == fs::file_type::directory) {
        return "script " + in_quotes(script) + " is a directory";
    }
    if (error) {
        return "script " + in_quotes(script) + " cannot be examined: " + error.message();
    }
    if (!fs::is_regular_file(status)) {
        return "script " + in_quotes(script) + " is not a file";
    }
    // Opened, since the bits of its mode are not all that decides.
    if (!std::ifstream(script).is_open()) {
        return "script " + in_quotes(script) + " is not readable";
    }
    return "";
}

}  // namespace bgworkers
