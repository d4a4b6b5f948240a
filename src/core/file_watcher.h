// Calls back once when something under a worker's watch[] patterns has changed.
//
// A pattern is a path or a glob as glob() knows them; a directory means all below it. Changes are
// gathered for kSettle seconds after the first, so that a burst (a deploy) is one call.
//
// Uses libuv's fs_event on the directories involved; where the system has no watches left (EMFILE,
// ENOSPC) it polls those with fs_poll. New files that come to match a pattern count as changes, and so do files
// that vanish or are replaced by a rename (editors, deploys), and directories that come later.
//
// Threads: the loop's thread only. No locks. Fork: the child never touches it.
#pragma once

#include <uv.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace bgworkers {

class FileWatcher {
public:
    static constexpr double kSettle = 0.2;  // seconds

    // Starts watching on `loop`; `changed` is called on the loop's thread, once per burst, until close().
    // patterns: absolute. Never fails: what cannot be watched is polled once a second.
    FileWatcher(uv_loop_t* loop, std::vector<std::string> patterns, std::function<void()> changed);
    ~FileWatcher();
    FileWatcher(const FileWatcher&) = delete;
    FileWatcher& operator=(const FileWatcher&) = delete;

    // Closes all handles; no callback comes afterwards. The object may be destroyed at once: handles
    // that libuv still has to close belong to a part that frees itself.
    void close() noexcept;

private:
    struct Impl;
    Impl* impl_;
};

}  // namespace bgworkers
