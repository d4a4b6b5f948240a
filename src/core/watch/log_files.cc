#include "core/watch/log_files.h"

#include <filesystem>
#include <string_view>
#include <system_error>

namespace bgworkers {

namespace fs = std::filesystem;

namespace {
// A backslash belongs to a name where it separates nothing.
constexpr const char* kSeparators = fs::path::preferred_separator == '\\' ? "/\\" : "/";
}  // namespace

LogFiles::LogFiles(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
        if (path.empty()) {
            continue;
        }
        std::error_code error;
        const fs::path declared(path);
        // The part that does not exist yet stays as it is.
        const fs::path real = fs::weakly_canonical(declared, error);
        logs_.push_back({declared.parent_path().string(), declared.filename().string()});
        if (!error && real != declared) {
            logs_.push_back({real.parent_path().string(), real.filename().string()});
        }
    }
}

bool LogFiles::holds(const std::string& path) const {
    const size_t slash = path.find_last_of(kSeparators);
    const std::string_view name = std::string_view(path).substr(slash == std::string::npos ? 0 : slash + 1);
    for (const Log& log : logs_) {
        if (!name.starts_with(log.name)) {
            continue;
        }
        const std::string_view behind = name.substr(log.name.size());
        // app.log.1 and app.log-20260101.gz are rotations; app.logic.php is code.
        if (!behind.empty() && behind.front() != '.' && behind.front() != '-') {
            continue;
        }
        const std::string directory = path.substr(0, slash == std::string::npos ? 0 : slash);
        std::error_code error;
        // By what it is, not how it is written: the same directory may be watched by way of a link.
        if (directory == log.directory || fs::equivalent(directory, log.directory, error)) {
            return true;
        }
    }
    return false;
}

}  // namespace bgworkers
