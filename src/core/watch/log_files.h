// Logs beside what a worker watches: their changes never count. Each stands for what rotation makes of it, too
// (app.log, app.log.1, app.log-20260101.gz in the same directory).
//
// Immutable; any thread. holds() asks the file system where a directory leads, but only for a path whose last part
// fits.
#pragma once

#include <string>
#include <vector>

namespace bgworkers {

class LogFiles {
public:
    LogFiles() = default;
    // Paths that are "" stand for none. One behind a link counts at both of its places. Throws std::bad_alloc at the
    // most.
    explicit LogFiles(const std::vector<std::string>& paths);

    bool holds(const std::string& path) const;

private:
    struct Log {
        std::string directory;
        std::string name;
    };
    std::vector<Log> logs_;
};

}  // namespace bgworkers
