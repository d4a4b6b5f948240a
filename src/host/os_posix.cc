#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <new>

#include "core/base/mutex.h"
#include "core/os/asynchronous_signals_posix.h"
#include "core/os/low_descriptors.h"
#include "host/os.h"
#include "host/php.h"  // ZEND_MAX_EXECUTION_TIMERS, tsrm_env_lock()

namespace bgworkers {
namespace os {

namespace {

// The real-time signals of ours, with SA_RESTART or without. 0: none could be had.
struct OurSignal {
    int number = 0;
    struct sigaction host_action{};  // whose it was, where none was free
};
OurSignal ending_signal;
OurSignal restarting_signal;
bool (*is_worker)() = nullptr;
void (*on_worker)() = nullptr;
sigset_t host_mask;
bool host_mask_known = false;

static_assert(sizeof(sigset_t) <= sizeof(SignalMask));

void on_signal(int number, siginfo_t* info, void* context) {
    const struct sigaction& host = (number == ending_signal.number ? ending_signal : restarting_signal).host_action;
    if (is_worker()) {
        on_worker();
    } else if ((host.sa_flags & SA_SIGINFO) != 0) {
        host.sa_sigaction(number, info, context);
    } else if (host.sa_handler != SIG_DFL && host.sa_handler != SIG_IGN) {
        host.sa_handler(number);
    }
}

[[maybe_unused]] bool take(OurSignal* signal, int number) {
    struct sigaction ours{};
    ours.sa_sigaction = on_signal;
    ours.sa_flags = SA_SIGINFO | SA_ONSTACK | (signal == &restarting_signal ? SA_RESTART : 0);
    sigfillset(&ours.sa_mask);
    if (sigaction(number, &ours, nullptr) != 0) {
        return false;
    }
    signal->number = number;
    return true;
}

#ifdef SIGRTMIN
// The first ones are taken by PHP's execution timers and by other hosts' own means. A host in Go handles every signal
// there is: then one of the last is shared, and on other threads it stays the host's.
void choose(OurSignal* signal, int shared) {
    for (int number = SIGRTMIN + 3; number <= SIGRTMAX; ++number) {
        struct sigaction present;
        if (sigaction(number, nullptr, &present) == 0 && present.sa_handler == SIG_DFL && take(signal, number)) {
            return;
        }
    }
    if (sigaction(shared, nullptr, &signal->host_action) == 0) {
        take(signal, shared);
    }
}
#endif

void remove_ours(sigset_t* set) {
    for (const OurSignal* signal : {&ending_signal, &restarting_signal}) {
        if (signal->number != 0) {
            sigdelset(set, signal->number);
        }
    }
}

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
    // Written by the thread that forks, while it holds the mutex, and by the child's only thread.
    bool lost_to_fork = false;
    std::atomic<bool> lost{false};  // in this process libc's lock is held by a thread that did not come along
};
alignas(SyslogDoor) unsigned char syslog_door_storage[sizeof(SyslogDoor)];
SyslogDoor* const syslog_door = new (syslog_door_storage) SyslogDoor;
thread_local int syslog_depth = 0;

constexpr int kNotKept = -1;
constexpr int kClosed = -2;  // before us
std::atomic<int> kept_outputs[2] = {kNotKept, kNotKept};

bool write_whole(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno != EINTR) {
            return false;
        }
        if (written > 0) {
            text.remove_prefix(static_cast<size_t>(written));
        }
    }
    return true;
}

}  // namespace

void choose_signal(bool (*whose)(), void (*then)()) noexcept {
    if (ending_signal.number != 0) {
        return;
    }
    is_worker = whose;
    on_worker = then;
#ifdef SIGRTMIN  // elsewhere the engine's interrupt alone has to do
    choose(&ending_signal, SIGRTMAX);
    choose(&restarting_signal, SIGRTMAX - 1);
#endif
}

bool interrupt_call(uv_thread_t thread, bool restart) noexcept {
    const int number = (restart ? restarting_signal : ending_signal).number;
    return number != 0 && pthread_kill(thread, number) == 0;
}

void block_process_signals() noexcept {
    sigset_t set = asynchronous_signals();
    remove_ours(&set);
#ifdef ZEND_MAX_EXECUTION_TIMERS
    sigdelset(&set, SIGRTMIN);
#endif
    pthread_sigmask(SIG_SETMASK, &set, nullptr);
}

void capture_signal_mask() noexcept {
    pthread_sigmask(SIG_SETMASK, nullptr, &host_mask);
    host_mask_known = true;
}

// While the mask is open, a signal of the process may in principle be delivered here. Linux prefers the main thread
// for those, which has them unblocked in every host that handles signals.
void open_signal_mask(SignalMask* ours) noexcept {
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, host_mask_known ? &host_mask : nullptr, &mask);
    memcpy(ours->bytes, &mask, sizeof(mask));
}

void host_signal_mask(SignalMask* mask) noexcept {
    sigset_t set;
    if (host_mask_known) {
        set = host_mask;
    } else {
        pthread_sigmask(SIG_SETMASK, nullptr, &set);
    }
    memcpy(mask->bytes, &set, sizeof(set));
}

void close_signal_mask(const SignalMask& ours) noexcept {
    sigset_t mask;
    memcpy(&mask, ours.bytes, sizeof(mask));
    pthread_sigmask(SIG_SETMASK, &mask, nullptr);
}

void hold_interrupts(SignalMask* before) noexcept {
    sigset_t ours;
    sigemptyset(&ours);
    for (const OurSignal* signal : {&ending_signal, &restarting_signal}) {
        if (signal->number != 0) {
            sigaddset(&ours, signal->number);
        }
    }
    sigset_t mask;
    pthread_sigmask(SIG_BLOCK, &ours, &mask);
    memcpy(before->bytes, &mask, sizeof(mask));
}

void wait_for_interrupt(const SignalMask& before, double seconds) noexcept {
    constexpr double kWithoutSignals = 0.02;
    constexpr double kLong = 1e6;
    seconds = std::min(seconds, ending_signal.number != 0 ? kLong : kWithoutSignals);
    sigset_t mask;
    memcpy(&mask, before.bytes, sizeof(mask));
    struct timespec limit;
    limit.tv_sec = static_cast<time_t>(seconds);
    limit.tv_nsec = static_cast<long>((seconds - static_cast<double>(limit.tv_sec)) * 1e9);
    ::pselect(0, nullptr, nullptr, nullptr, &limit, &mask);
}

bool handle_forks(void (*before)(), void (*in_parent)(), void (*in_child)()) noexcept {
    return pthread_atfork(before, in_parent, in_child) == 0;
}

char* resolve_path(const char* path) noexcept { return ::realpath(path, nullptr); }

// PHP loads extensions with RTLD_DEEPBIND, so `environ` would be libc's own one here, which nobody keeps current: the
// process uses the executable's.
bool copy_environment(std::vector<std::string>* entries) noexcept {
    static auto* const environment = static_cast<char***>(dlsym(dlopen(nullptr, RTLD_LAZY), "environ"));
    bool complete = environment != nullptr;
    tsrm_env_lock();
    try {
        for (char** entry = complete ? *environment : nullptr; entry != nullptr && *entry != nullptr; ++entry) {
            entries->emplace_back(*entry);
        }
    } catch (const std::bad_alloc&) {
        complete = false;
    }
    tsrm_env_unlock();
    return complete;
}

int file_mode_mask() noexcept {
    unsigned int mask = 0;
    bool known = false;
    if (FILE* status = ::fopen("/proc/thread-self/status", "re")) {  // Linux, since 4.7
        char line[256];
        while (!known && ::fgets(line, sizeof(line), status) != nullptr) {
            known = ::sscanf(line, "Umask: %o", &mask) == 1;
        }
        ::fclose(status);
    }
    if (!known) {
        mask = ::umask(077);
        ::umask(static_cast<mode_t>(mask));
    }
    return static_cast<int>(mask);
}

bool open_pipe(int* reader, int* writer) noexcept {
    const LowDescriptors kept_free;
    int ends[2];
#ifdef __APPLE__
    if (::pipe(ends) != 0) {
        return false;
    }
    ::fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    ::fcntl(ends[1], F_SETFD, FD_CLOEXEC);
#else
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
#endif
    ::fcntl(ends[0], F_SETFL, ::fcntl(ends[0], F_GETFL) | O_NONBLOCK);
    *reader = ends[0];
    *writer = ends[1];
    return true;
}

long read_pipe(int reader, char* bytes, size_t room) noexcept {
    ssize_t count;
    do {
        count = ::read(reader, bytes, room);
    } while (count < 0 && errno == EINTR);
    return static_cast<long>(count);
}

int open_null() noexcept {
    const LowDescriptors kept_free;
    return ::open("/dev/null", O_RDWR | O_CLOEXEC);
}

int duplicate(int descriptor) noexcept { return ::fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1); }

void close_descriptor(int descriptor) noexcept { ::close(descriptor); }

bool write_private_file(char* path, size_t room, std::string_view text) noexcept {
    const size_t length = strlen(path);
    if (static_cast<size_t>(snprintf(path + length, room - length, "/bgworkers-XXXXXX")) >= room - length) {
        errno = ENAMETOOLONG;
        return false;
    }
    const int file = ::mkostemp(path, O_CLOEXEC);
    if (file < 0) {
        return false;
    }
    const bool written = write_whole(file, text);
    const int error = errno;
    ::close(file);
    if (!written) {
        remove_file(path);
        errno = error;
    }
    return written;
}

void remove_file(const char* path) noexcept { ::unlink(path); }

void copy_file(const char* path, void (*take)(std::string_view)) noexcept {
    const int file = ::open(path, O_RDONLY | O_CLOEXEC);
    char bytes[4096];
    for (long count; file >= 0 && (count = read_pipe(file, bytes, sizeof(bytes))) > 0;) {
        take({bytes, static_cast<size_t>(count)});
    }
    if (file >= 0) {
        ::close(file);
    }
}

void enter_syslog() noexcept {
    if (syslog_depth++ > 0) {
        return;
    }
    MutexLock lock(syslog_door->mutex);
    while (syslog_door->taken) {
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
    while (syslog_door->taken && syslog_depth == 0 && steady_clock::now() < end) {
        syslog_door->left.wait_until(syslog_door->mutex, end);
    }
    syslog_door->lost_to_fork = syslog_door->taken;
}

void open_syslog_in_parent() noexcept BGW_NO_THREAD_SAFETY_ANALYSIS { syslog_door->mutex.unlock(); }

void open_syslog_in_child() noexcept BGW_NO_THREAD_SAFETY_ANALYSIS {
    if (syslog_door->lost_to_fork) {
        syslog_door->lost.store(true);
    }
    syslog_door->mutex.reinitialise();
    syslog_door->left.reinitialise();
    syslog_door->taken = false;
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
    do {
        const size_t end = lines.find('\n');
        const std::string_view line = lines.substr(0, end);
        ::syslog(priority, "%.*s", static_cast<int>(line.size()), line.data());
        lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    } while (!lines.empty());
    leave_syslog();
}

void keep_outputs() noexcept {
    for (int number = STDOUT_FILENO; number <= STDERR_FILENO; ++number) {
        std::atomic<int>& place = kept_outputs[number - STDOUT_FILENO];
        const int old = place.load();
        const int kept = duplicate(number);
        if (kept < 0) {
            place.store(errno == EBADF ? kClosed : kNotKept);
        } else if (old >= 0) {  // of a module before; the number stays, for somebody may be writing to it
            ::dup2(kept, old);
            ::fcntl(old, F_SETFD, FD_CLOEXEC);
            ::close(kept);
        } else {
            place.store(kept);
        }
    }
}

void write_to_host(HostOutput which, std::string_view text) noexcept {
    const int number = which == HostOutput::out ? STDOUT_FILENO : STDERR_FILENO;
    const int kept = kept_outputs[number - STDOUT_FILENO].load();
    if (kept != kClosed) {
        write_whole(kept == kNotKept ? number : kept, text);
    }
}

bool append_to_file(const char* path, int mode, std::string_view text) noexcept {
    int file = ::open(path, O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, mode);
    if (file >= 0 && file <= STDERR_FILENO) {  // what the process prints would go there
        const int higher = duplicate(file);
        ::close(file);
        file = higher;
    }
    if (file < 0) {
        return false;
    }
    write_whole(file, text);
    ::close(file);
    return true;
}

}  // namespace os
}  // namespace bgworkers
