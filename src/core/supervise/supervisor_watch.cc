// The supervisor's watched files: a change of one restarts the runs of its worker.
#include <algorithm>

#include "core/supervise/supervisor.h"
#include "core/supervise/supervisor_events.h"

namespace bgworkers {

void Supervisor::watch_files(Worker& worker) noexcept {
    if (worker.spec().watch.empty() || watchers_.count(&worker) != 0) {
        return;
    }
    try {
        // In a watched directory the line about a restart would be the change for the next one.
        std::vector<std::string> logs = {host_.log().file()};
        for (const auto& [name, value] : worker.spec().ini) {
            if (name == "error_log") {
                logs.push_back(value);
            }
        }
        watchers_.emplace(
            &worker,
            std::make_unique<FileWatcher>(
                loop_.uv(), worker.spec().watch,
                [this, &worker](const std::string& file) { restart_for_changed_file(worker, file); }, LogFiles(logs)));
    } catch (const std::bad_alloc&) {
        unwatched_ = true;
        look_again_later();
    }
}

void Supervisor::watch_what_is_not_yet() noexcept {
    if (!unwatched_ || shutdown_begun_) {
        return;
    }
    // watch_files() sets it again where memory is still out.
    unwatched_ = false;
    for (auto& unit : units_) {
        if (unit->instance->state() != WorkerState::idle) {
            watch_files(unit->instance->worker());
        }
    }
}

void Supervisor::restart_for_changed_file(Worker& worker, const std::string& file) noexcept {
    const auto concerned = [&](auto& unit) {
        const WorkerState state = unit->instance->state();
        // One in backoff reads the new files anyway, and not sooner: a change does not shorten its pace.
        return &unit->instance->worker() == &worker && (is_bound(state) || state == WorkerState::failed);
    };
    if (std::none_of(units_.begin(), units_.end(), concerned)) {
        return;
    }
    LogEvent line(LogLevel::notice, worker.name(), "changed");
    if (!file.empty()) {
        line.field("file", file);
    }
    line.write_to(host_.log());
    for (auto& unit : units_) {
        if (concerned(unit)) {
            restart(*unit);
        }
    }
}

}  // namespace bgworkers
