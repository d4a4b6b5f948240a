#include "core/workers/worker_spec.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "core/os/path.h"
#include "core/workers/worker_keys.h"

namespace bgworkers {

namespace fs = std::filesystem;

namespace {

std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

std::string directory_of(const std::string& path) { return fs::path(path).parent_path().string(); }

// Turns entries into specs, one after the other. Each step returns what is wrong, "" if nothing is.
class SpecBuilder {
public:
    SpecBuilder(const std::string& path, IniForced ini_forced, bool shared_memory)
        : path_(path), source_{directory_of(path), ini_forced, shared_memory} {
        scope_.working_directory = source_.directory;
    }

    Result<ScopeSpec> build(const std::vector<RawEntry>& entries) {
        for (const RawEntry& entry : entries) {
            note(entry);
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
    // FNV-1a over the entry's texts, each with its end.
    void note(const RawEntry& entry) noexcept {
        for (const std::string* text : {&entry.section, &entry.key, &entry.value}) {
            note(*text);
        }
        note(entry.index ? *entry.index : std::string_view("\0", 1));
    }
    void note(std::string_view text) noexcept {
        for (const char c : text) {
            scope_.hash = (scope_.hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
        }
        scope_.hash = (scope_.hash ^ 0x100) * 0x100000001b3;
    }

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
        if (Status status = conflict(); !status.ok()) {
            return status;
        }
        if (catch_all_) {
            scope_.catch_all = std::move(current_);
        } else {
            scope_.workers.push_back(std::move(*current_));
        }
        current_.reset();
        return Status();
    }

    // What the keys of a section say against each other.
    Status conflict() const {
        if (current_->command && current_->opcache) {
            return located("command and opcache cannot be used together: code in OPcache has the host's PHP_SAPI",
                           later_of("command", "opcache"));
        }
        if (current_->every && current_->num > 1) {
            return located(
                "every and num = " + std::to_string(current_->num) + " cannot be used together: a job has one instance",
                later_of("every", "num"));
        }
        for (const char* key : {"queue", "max_task_size", "task_timeout", "max_tasks", "concurrency"}) {
            if (current_->every && keys_.count(key) != 0) {
                return located("every and " + std::string(key) + " cannot be used together: a job takes no tasks",
                               later_of("every", key));
            }
            if (current_->shared && keys_.count(key) != 0) {
                return located(
                    "shared and " + std::string(key) + " cannot be used together: a shared worker takes no tasks",
                    later_of("shared", key));
            }
        }
        return Status();
    }

    int later_of(const char* one, const char* other) const { return std::max(keys_.at(one), keys_.at(other)); }

    std::string set(const RawEntry& entry) {
        if (entry.key.front() == '#') {
            return kHashComment;
        }
        if (!current_) {
            return "key " + in_quotes(entry.key) + " stands outside any section";
        }
        const Key* key = find_key(entry.key);
        if (key == nullptr) {
            return unknown_key(entry.key);
        }
        if (const std::string defect = shape_defect(*key, entry.index); !defect.empty()) {
            return defect;
        }
        const std::string full_key = key->shape == KeyShape::map ? entry.key + "[" + *entry.index + "]" : entry.key;
        if (full_key.find('\0') != std::string::npos || entry.value.find('\0') != std::string::npos) {
            return entry.key + " must not contain NUL bytes";
        }
        if (key->place == KeyPlace::named && catch_all_) {
            return entry.key + " is not for [*], its workers are started by name";
        }
        if (key->place == KeyPlace::catch_all && !catch_all_) {
            return entry.key + " is for [*] alone, use num";
        }
        if (key->shape != KeyShape::list && !keys_.emplace(full_key, entry.line).second) {
            return full_key + " is set twice in this section";
        }
        return key->set(*current_, entry, source_);
    }

    static std::string shape_defect(const Key& key, const std::optional<std::string>& index) {
        const std::string name(key.name);
        const std::string write = ", write " + written(key) + " = ...";
        switch (key.shape) {
            case KeyShape::single: return index ? name + " is a single value" + write : "";
            case KeyShape::list: return !index || !index->empty() ? name + " is a list" + write : "";
            case KeyShape::map: return !index || index->empty() ? name + " needs a name" + write : "";
        }
        return "";
    }

    const std::string& path_;
    const KeySource source_;
    ScopeSpec scope_;
    std::optional<WorkerSpec> current_;
    bool catch_all_ = false;
    int section_line_ = 0;
    std::set<std::string> sections_;
    std::map<std::string, int> keys_;  // of the current section, with their lines
};

}  // namespace

bool ScopeSpec::has_shared() const noexcept {
    return (catch_all && catch_all->shared) ||
           std::any_of(workers.begin(), workers.end(), [](const WorkerSpec& worker) { return worker.shared; });
}

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

Result<ScopeSpec> build_scope_spec(const std::string& path, const std::vector<RawEntry>& entries, IniForced ini_forced,
                                   bool shared_memory) {
    return SpecBuilder(path, ini_forced, shared_memory).build(entries);
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

std::string fill_in_placeholders(std::string text, int instance, int pid) {
    const std::pair<std::string_view, int> kPlaceholders[] = {{"{instance}", instance}, {"{pid}", pid}};
    for (const auto& [placeholder, number] : kPlaceholders) {
        for (size_t at = text.find(placeholder); at != std::string::npos; at = text.find(placeholder, at)) {
            text.replace(at, placeholder.size(), std::to_string(number));
        }
    }
    return text;
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
