#include "core/workers/worker_spec.h"

#include <algorithm>
#include <climits>
#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>

#include "core/base/numbers.h"
#include "core/os/path.h"

namespace bgworkers {

namespace fs = std::filesystem;

namespace {

std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

std::string directory_of(const std::string& path) { return fs::path(path).parent_path().string(); }

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

// What is wrong with this script; "" if nothing is.
std::string script_defect(const std::string& script) {
    std::error_code error;
    const fs::file_status status = fs::status(script, error);
    if (status.type() == fs::file_type::not_found) {
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
    if (!std::ifstream(script).is_open()) {
        return "script " + in_quotes(script) + " is not readable";
    }
    return "";
}

// Turns entries into specs, one after the other. Each step returns what is wrong, "" if nothing is.
class SpecBuilder {
public:
    SpecBuilder(const std::string& path, IniForced ini_forced) : path_(path), ini_forced_(ini_forced) {
        scope_.working_directory = directory_of(path);
    }

    Result<ScopeSpec> build(const std::vector<RawEntry>& entries) {
        for (const RawEntry& entry : entries) {
            if (entry.key.empty()) {
                if (Status status = end_section(); !status.ok()) {
                    return status;
                }
                if (Status status = located(begin_section(entry), entry.line); !status.ok()) {
                    return status;
                }
            } else if (Status status = located(set(entry), entry.line); !status.ok()) {
                return status;
            }
        }
        if (Status status = end_section(); !status.ok()) {
            return status;
        }
        return std::move(scope_);
    }

private:
    Status located(const std::string& cause, int line) const {
        if (cause.empty()) {
            return Status();
        }
        return Status::runtime(path_ + ":" + std::to_string(line) + ": " + cause);
    }

    std::string begin_section(const RawEntry& entry) {
        const std::string& name = entry.section;
        catch_all_ = name == "*";
        if (const char* defect = catch_all_ ? nullptr : name_defect(name)) {
            return "the worker's name " + in_quotes(name) + " " + defect;
        }
        if (!sections_.insert(name).second) {
            return "section [" + name + "] is declared twice";
        }
        current_ = WorkerSpec();
        if (!catch_all_) {
            current_->name = name;
        }
        section_line_ = entry.line;
        keys_.clear();
        return "";
    }

    Status end_section() {
        if (!current_) {
            return Status();
        }
        if (current_->script.empty()) {
            return located("section [" + (catch_all_ ? "*" : current_->name) + "] has no script", section_line_);
        }
        if (catch_all_) {
            scope_.catch_all = std::move(current_);
        } else {
            scope_.workers.push_back(std::move(*current_));
        }
        current_.reset();
        return Status();
    }

    std::string set(const RawEntry& entry) {
        const std::string& key = entry.key;
        if (!current_) {
            return "key " + in_quotes(key) + " stands outside any section";
        }
        const bool list = key == "args" || key == "watch";
        const bool map = key == "env" || key == "ini";
        if (list && (!entry.index || !entry.index->empty())) {
            return key + " is a list, write " + key + "[] = ...";
        }
        if (map && (!entry.index || entry.index->empty())) {
            return key + " needs a name, write " + key + "[NAME] = ...";
        }
        const std::string full_key = map ? key + "[" + *entry.index + "]" : key;
        if (full_key.find('\0') != std::string::npos || entry.value.find('\0') != std::string::npos) {
            return key + " must not contain NUL bytes";
        }
        if (map) {
            return set_mapped(entry, full_key);
        }
        if (list) {
            return add_listed(entry);
        }
        if (entry.index && is_scalar(key)) {
            return key + " is a single value, write " + key + " = ...";
        }
        if (!is_scalar(key)) {
            return "unknown key " + in_quotes(key);
        }
        if (!keys_.insert(key).second) {
            return key + " is set twice in this section";
        }
        return set_scalar(key, entry.value);
    }

    static bool is_scalar(std::string_view key) {
        constexpr std::string_view kScalars[] = {"script",         "num",    "max_threads", "max_consecutive_failures",
                                                 "shutdown_grace", "opcache"};
        return std::find(std::begin(kScalars), std::end(kScalars), key) != std::end(kScalars);
    }

    std::string set_mapped(const RawEntry& entry, const std::string& full_key) {
        if (!keys_.insert(full_key).second) {
            return full_key + " is set twice in this section";
        }
        if (entry.key == "env") {
            if (entry.index->find('=') != std::string::npos) {
                return full_key + " must not have a \"=\" in its name";
            }
            current_->env.emplace_back(*entry.index, entry.value);
            return "";
        }
        std::string lower = *entry.index;
        for (char& c : lower) {
            c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
        if (ini_forced_ != nullptr && ini_forced_(lower)) {
            return full_key + " cannot be set, bgworkers sets it itself";
        }
        current_->ini.emplace_back(*entry.index, entry.value);
        return "";
    }

    std::string add_listed(const RawEntry& entry) {
        if (entry.key == "args") {
            current_->args.push_back(entry.value);
            return "";
        }
        if (entry.value.empty()) {
            return "watch[] must not be empty";
        }
        current_->watch.push_back(resolve(scope_.working_directory, entry.value));
        return "";
    }

    std::string set_scalar(std::string_view key, const std::string& value) {
        if (key == "script") {
            if (value.empty()) {
                return "script must not be empty";
            }
            current_->script = resolve(scope_.working_directory, value);
            return script_defect(current_->script);
        }
        if (key == "num") {
            if (catch_all_) {
                return "num is not for [*], its workers are started by name";
            }
            return set_int(key, value, 0, &current_->num);
        }
        if (key == "max_threads") {
            if (!catch_all_) {
                return "max_threads is for [*] alone, use num";
            }
            return set_int(key, value, 1, &current_->max_threads);
        }
        if (key == "max_consecutive_failures") {
            return set_int(key, value, -1, &current_->max_consecutive_failures);
        }
        if (key == "shutdown_grace") {
            return set_grace(value);
        }
        if (value != "0" && value != "1") {
            return "opcache must be 0 or 1, " + in_quotes(value) + " given";
        }
        current_->opcache = value == "1";
        return "";
    }

    static std::string set_int(std::string_view key, const std::string& value, int least, int* number) {
        const std::optional<int64_t> parsed = parse_integer(value, least, INT_MAX);
        if (!parsed) {
            return std::string(key) + " must be a whole number from " + std::to_string(least) + " to " +
                   std::to_string(INT_MAX) + ", " + in_quotes(value) + " given";
        }
        *number = static_cast<int>(*parsed);
        return "";
    }

    std::string set_grace(const std::string& value) {
        current_->shutdown_grace = parse_seconds(value);
        if (current_->shutdown_grace) {
            return "";
        }
        return "shutdown_grace must be a number of seconds from 0 to " +
               std::to_string(static_cast<long>(kLongestSeconds)) + ", " + in_quotes(value) + " given";
    }

    const std::string& path_;
    const IniForced ini_forced_;
    ScopeSpec scope_;
    std::optional<WorkerSpec> current_;
    bool catch_all_ = false;
    int section_line_ = 0;
    std::set<std::string> sections_;
    std::set<std::string> keys_;  // of the current section
};

}  // namespace

std::string ScopeSpec::declared_names() const {
    if (workers.empty()) {
        return "none";
    }
    std::vector<std::string_view> names;
    for (const WorkerSpec& worker : workers) {
        names.push_back(worker.name);
    }
    std::sort(names.begin(), names.end());
    std::string joined;
    for (std::string_view name : names) {
        if (!joined.empty()) {
            joined += ", ";
        }
        joined += name;
    }
    return joined;
}

Result<ScopeSpec> build_scope_spec(const std::string& path, const std::vector<RawEntry>& entries,
                                   IniForced ini_forced) {
    return SpecBuilder(path, ini_forced).build(entries);
}

Result<ScopeSpec> build_entrypoint_spec(const std::string& script) {
    const std::string defect =
        is_absolute_path(script) ? script_defect(script) : "must be an absolute path, " + in_quotes(script) + " given";
    if (!defect.empty()) {
        return Status::runtime("bgworkers.entrypoint: " + defect);
    }
    ScopeSpec scope;
    scope.working_directory = directory_of(script);
    scope.catch_all.emplace();
    scope.catch_all->script = script;
    return scope;
}

const char* name_defect(std::string_view name) noexcept {
    if (name.empty()) {
        return "must not be empty";
    }
    if (name == "*") {
        return "must not be \"*\"";
    }
    if (name.size() > kMaxNameLength) {
        return "must not be longer than 255 bytes";
    }
    if (name.front() == '-') {
        return "must not start with \"-\"";
    }
    for (char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F) {
            return "must not contain control characters";
        }
    }
    return nullptr;
}

}  // namespace bgworkers
