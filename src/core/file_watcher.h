// Calls back once when something under a worker's watch[] patterns has changed.
//
// A pattern is a path or a glob as glob() knows them; a directory means all below it. Changes are
// gathered for kSettle seconds after the first, so that a burst (a deploy) is one call.
//
// libuv's fs_event on the directories involved (watch_scan.h says which) tells when to look, and which known files
// were written; a new look tells what else is different: new files that come to match, files that vanish or are
// replaced by a rename (editors, deploys), directories that come later. Where the system has no watches left
// (EMFILE, ENOSPC) it looks every kPollInterval seconds. Not libuv's fs_poll: that one sees no file in a directory, and
// starts the thread pool, whose threads outlive the module.
//
// Threads: the loop's thread only, which reads the file system then (milliseconds for thousands of files; as long as
// it hangs on a network mount that hangs). No locks. Fork: the child never touches it.
#pragma once

#include <uv.h>

#include <functional>
#include <string>
#include <vector>

namespace bgworkers {

class FileWatcher {
public:
    static constexpr double kSettle = 0.2;        // seconds
    static constexpr double kPollInterval = 1.0;  // seconds

    // Starts watching on `loop`; `changed` is called on the loop's thread, once per burst, until close(). It must not
    // throw; it may close or destroy the watcher.
    // patterns: absolute. Never fails: what cannot be watched is polled.
    FileWatcher(uv_loop_t* loop, std::vector<std::string> patterns, std::function<void()> changed);
    ~FileWatcher();
    FileWatcher(const FileWatcher&) = delete;
    FileWatcher& operator=(const FileWatcher&) = delete;

    // Closes all handles; no callback comes afterwards. The object may be destroyed at once: handles
    // that libuv still has to close belong to a part that frees itself, so the loop has to run once more.
    void close() noexcept;

private:
    struct Impl;
    Impl* impl_;
};

}  // namespace bgworkers
