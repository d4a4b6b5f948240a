#include "core/workers/worker_spec.h"

#include <algorithm>
#include <filesystem>

#include "core/base/spelling.h"
#include "core/os/path.h"
#include "core/workers/worker_keys.h"

namespace bgworkers {

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

Result<ScopeSpec> build_entrypoint_spec(const std::string& script) {
    const std::string defect =
        is_absolute_path(script) ? script_defect(script) : "must be an absolute path, " + in_quotes(script) + " given";
    if (!defect.empty()) {
        return Status::runtime("bgworkers.entrypoint: " + defect);
    }
    ScopeSpec scope;
    scope.working_directory = std::filesystem::path(script).parent_path().string();
    scope.catch_all.emplace();
    scope.catch_all->script = script;
    return scope;
}

std::string fill_in_placeholders(std::string text, int instance, int pid) {
    const std::pair<std::string_view, int> kPlaceholders[] = {{"{instance}", instance}, {"{pid}", pid}};
    for (const auto& [placeholder, number] : kPlaceholders) {
        for (size_t at = text.find(placeholder); at != std::string::npos; at = text.find(placeholder, at)) {
            // Digits hold no placeholder, so the search may go on at the same place.
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
