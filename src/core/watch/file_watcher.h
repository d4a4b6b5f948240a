// Calls back once when something under a worker's watch[] patterns has changed, with one file that did.
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
// Events can be lost: inotify drops them when its queue is full, and libuv passes none of that on; some
// file systems (network mounts, bind mounts of virtual machines) send none for what others change. So it looks without
// being told, too: every kNetInterval seconds, or more rarely if a look takes so long that it would cost more than a
// hundredth of the loop's time.
//
// Threads: the loop's thread only, which reads the file system then (milliseconds for thousands of files; on a network
// mount that hangs it hangs, too). No locks. Fork: the child never touches it.
#pragma once

#include <uv.h>

#include <functional>
#include <string>
#include <vector>

#include "core/watch/log_files.h"

namespace bgworkers {

class FileWatcher {
public:
    static constexpr double kSettle = 0.2;  // seconds
    static constexpr double kPollInterval = 1.0;  // seconds
    static constexpr double kNetInterval = 10.0;  // seconds

    // With the path of a file that has changed; "" if there was no memory to remember it.
    using Changed = std::function<void(const std::string& file)>;

    // Starts watching on `loop`; `changed` is called on the loop's thread, once per burst, until close(). It must not
    // throw; it may close or destroy the watcher.
    // patterns: absolute. What cannot be watched is polled. logs: files that do not count. net: see kNetInterval; a
    // test has no time. Throws std::bad_alloc at the most.
    FileWatcher(uv_loop_t* loop, std::vector<std::string> patterns, Changed changed, LogFiles logs = {},
                double net = kNetInterval);
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
