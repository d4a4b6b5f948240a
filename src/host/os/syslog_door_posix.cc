#include "host/os/syslog_door.h"

#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include <atomic>
#include <chrono>
#include <new>

#include "core/base/mutex.h"
#include "host/os/files.h"

namespace bgworkers {
namespace os {

namespace {

int syslog_priority(LogLevel level) {
    switch (level) {
        case LogLevel::debug: return LOG_DEBUG;
        case LogLevel::info: return LOG_INFO;
        case LogLevel::notice: return LOG_NOTICE;
        case LogLevel::warning: return LOG_WARNING;
        case LogLevel::error: return LOG_ERR;
    }
    return LOG_NOTICE;
}

// Who is in syslog(3): at most one of our threads, as libc would have it, too. Storage without a destructor, for
// threads may be running when the process exits.
struct SyslogDoor {
    Mutex mutex;
    CondVar left;
    bool taken BGW_GUARDED_BY(mutex) = false;
    int forks BGW_GUARDED_BY(mutex) = 0;  // threads that wait to fork: nobody enters before them
    // Written by the thread that forks, while it holds the mutex, and by the child's only thread.
    bool lost_to_fork = false;
    std::atomic<bool> lost{false};  // in this process libc's lock is held by a thread that did not come along
};
alignas(SyslogDoor) unsigned char syslog_door_storage[sizeof(SyslogDoor)];
SyslogDoor* const syslog_door = new (syslog_door_storage) SyslogDoor;
thread_local int syslog_depth = 0;

}  // namespace

void enter_syslog() noexcept {
    // PHP may log in the middle of its syslog(): that the memory limit has struck, for instance.
    if (syslog_depth++ > 0) {
        return;
    }
    MutexLock lock(syslog_door->mutex);
    // A thread that waits to fork goes first: five workers that log without a pause kept it waiting for up to 68 ms.
    while (syslog_door->taken || syslog_door->forks > 0) {
        syslog_door->left.wait(syslog_door->mutex);
    }
    syslog_door->taken = true;
}

void leave_syslog() noexcept {
    if (--syslog_depth > 0) {
        return;
    }
    MutexLock lock(syslog_door->mutex);
    syslog_door->taken = false;
    syslog_door->left.notify_all();
}

void close_syslog_for_fork() noexcept BGW_NO_THREAD_SAFETY_ANALYSIS {
    using namespace std::chrono;
    syslog_door->mutex.lock();
    const auto end = steady_clock::now() + milliseconds(kForkPatienceMs);
    ++syslog_door->forks;
    // A thread that is inside itself would wait for itself.
    while (syslog_door->taken && syslog_depth == 0 && steady_clock::now() < end) {
        syslog_door->left.wait_until(syslog_door->mutex, end);
    }
    --syslog_door->forks;
    // The mutex stays locked until the fork is done, so nobody enters any more.
    syslog_door->lost_to_fork = syslog_door->taken;
}

void open_syslog_in_parent() noexcept BGW_NO_THREAD_SAFETY_ANALYSIS {
    // Those whom `forks` has held up.
    syslog_door->left.notify_all();
    syslog_door->mutex.unlock();
}

void open_syslog_in_child() noexcept BGW_NO_THREAD_SAFETY_ANALYSIS {
    // libc's lock cannot be made anew; every syslog(3) of this process would hang.
    if (syslog_door->lost_to_fork) {
        syslog_door->lost.store(true);
    }
    syslog_door->mutex.reinitialise();
    syslog_door->left.reinitialise();
    syslog_door->taken = false;
    syslog_door->forks = 0;
    syslog_depth = 0;
}

void write_to_syslog(SyslogName name, LogLevel level, std::string_view line) noexcept {
    write_to_syslog(name, syslog_priority(level), line);
}

// libc keeps the pointer of the name and not the text, and any closelog() of the process makes it forget the name. So
// it is told before each line, and what it was told stays where it is: one text a name, never freed, found behind the
// door.
void tell_name(SyslogName name) noexcept {
    struct Known {
        Known* next;
        char text[1];
    };
    static Known* all = nullptr;
    if (name.ident == nullptr) {
        return;
    }
    Known* known = all;
    while (known != nullptr && strcmp(known->text, name.ident) != 0) {
        known = known->next;
    }
    if (known == nullptr) {
        const size_t length = strlen(name.ident);
        known = static_cast<Known*>(malloc(sizeof(Known) + length));
        if (known == nullptr) {
            return;
        }
        memcpy(known->text, name.ident, length + 1);
        known->next = all;
        all = known;
    }
    ::openlog(known->text, 0, name.facility);
}

void write_to_syslog(SyslogName name, int priority, std::string_view lines) noexcept {
    if (syslog_door->lost.load()) {
        write_to_stderr(lines);
        write_to_stderr("\n");
        return;
    }
    enter_syslog();
    tell_name(name);
    // As php_syslog() does: each line is a message of its own.
    do {
        const size_t end = lines.find('\n');
        const std::string_view line = lines.substr(0, end);
        ::syslog(priority, "%.*s", static_cast<int>(line.size()), line.data());
        lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    } while (!lines.empty());
    leave_syslog();
}

}  // namespace os
}  // namespace bgworkers
