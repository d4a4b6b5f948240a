// What the tests of the core share: bounded waits, snapshots made of words, children, limits of the process.
#pragma once

#ifndef _WIN32
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#endif
#include <uv.h>
#ifdef _WIN32
#include <tlhelp32.h>
#endif

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <mutex>
#include <thread>
#include <vector>

#include "core/publish/slot.h"
#include "core/publish/snapshot.h"

#if defined(__SANITIZE_THREAD__)
#define BGW_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define BGW_THREAD_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define BGW_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BGW_ADDRESS_SANITIZER 1
#endif
#endif

namespace bgworkers::test {

#ifdef BGW_THREAD_SANITIZER
constexpr bool kUnderThreadSanitizer = true;
#else
constexpr bool kUnderThreadSanitizer = false;
#endif
#ifdef BGW_ADDRESS_SANITIZER
constexpr bool kUnderAddressSanitizer = true;
#else
constexpr bool kUnderAddressSanitizer = false;
#endif
constexpr bool kUnderSanitizer = kUnderThreadSanitizer || kUnderAddressSanitizer;

using Clock = std::chrono::steady_clock;

// A bound for what takes milliseconds on a machine at rest.
constexpr std::chrono::seconds kGenerous{20};

template <typename Condition>
bool eventually(Condition condition, std::chrono::milliseconds limit = kGenerous) {
    const auto until = Clock::now() + limit;
    while (!condition()) {
        if (Clock::now() >= until) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

inline double seconds_between(Clock::time_point from, Clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
}
inline double seconds_since(Clock::time_point from) { return seconds_between(from, Clock::now()); }

// Opens once and for all.
class Gate {
public:
    void open() {
        std::lock_guard<std::mutex> lock(mutex_);
        open_ = true;
        opened_.notify_all();
    }
    bool wait(std::chrono::milliseconds limit = kGenerous) {
        std::unique_lock<std::mutex> lock(mutex_);
        return opened_.wait_for(lock, limit, [this] { return open_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable opened_;
    bool open_ = false;
};

// Joins at the end of the scope.
class Threads {
public:
    ~Threads() { join(); }
    template <typename Work>
    void run(Work work) {
        threads_.emplace_back(std::move(work));
    }
    template <typename Work>
    void run(int count, Work work) {
        for (int i = 0; i < count; ++i) {
            threads_.emplace_back(work, i);
        }
    }
    void join() {
        for (std::thread& thread : threads_) {
            thread.join();
        }
        threads_.clear();
    }

private:
    std::vector<std::thread> threads_;
};

// --- Snapshots of equal words ---

inline Snapshot* make_snapshot(uint64_t value, size_t words = 4) {
    Block block = Block::allocate(words * sizeof(uint64_t));
    uint64_t* data = static_cast<uint64_t*>(block.data());
    for (size_t i = 0; i < words; ++i) {
        data[i] = value;
    }
    block.seal();
    return Snapshot::of(std::move(block));
}

inline uint64_t publish(Slot& slot, uint64_t value) { return slot.publish(make_snapshot(value)); }

inline const uint64_t* words_of(const Snapshot* snapshot) { return static_cast<const uint64_t*>(snapshot->data()); }

inline bool is_whole(const Snapshot* snapshot) {
    const uint64_t* words = words_of(snapshot);
    for (size_t i = 1; i < snapshot->size() / sizeof(uint64_t); ++i) {
        if (words[i] != words[0]) {
            return false;
        }
    }
    return true;
}

#ifndef _WIN32
// --- The process: children, /proc, limits ---

// Runs `body` in a child of this process, ends it with _exit(body's result); returns the wait status.
template <typename Body>
int in_child(Body body) {
    const pid_t child = fork();
    if (child == 0) {
        alarm(60);  // whatever happens, no orphan
        _exit(body());
    }
    int status = -1;
    waitpid(child, &status, 0);
    return status;
}

inline bool ended_with(int status, int code) { return WIFEXITED(status) && WEXITSTATUS(status) == code; }

inline size_t entries_of(const char* directory) {
    using Iterator = std::filesystem::directory_iterator;
    return static_cast<size_t>(std::distance(Iterator(directory), Iterator()));
}
// Without the one that lists them; with those that libuv keeps for the whole process from its first loop on.
inline size_t open_descriptors() {
    static const int first_loop = [] {
        uv_loop_t loop;
        return uv_loop_init(&loop) == 0 ? uv_loop_close(&loop) : -1;
    }();
    (void)first_loop;
    return entries_of("/proc/self/fd") - 1;
}
inline size_t running_threads() { return entries_of("/proc/self/task"); }

// While it lives, the process can open `left` more descriptors and no further one.
class FewDescriptors {
public:
    explicit FewDescriptors(int left = 0) {
        getrlimit(RLIMIT_NOFILE, &before_);
        std::vector<int> taken;
        for (int i = 0; i <= left; ++i) {
            taken.push_back(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0));
        }
        rlimit fewer = before_;
        fewer.rlim_cur = static_cast<rlim_t>(taken.back());
        for (int fd : taken) {
            close(fd);
        }
        setrlimit(RLIMIT_NOFILE, &fewer);
    }
    ~FewDescriptors() { end(); }
    FewDescriptors(const FewDescriptors&) = delete;
    FewDescriptors& operator=(const FewDescriptors&) = delete;
    void end() { setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

#else
// --- The process: handles stand for descriptors ---

inline size_t open_descriptors() {
    DWORD handles = 0;
    GetProcessHandleCount(GetCurrentProcess(), &handles);
    return handles;
}

inline size_t running_threads() {
    const HANDLE list = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    THREADENTRY32 entry{};
    entry.dwSize = sizeof(entry);
    size_t count = 0;
    for (BOOL more = Thread32First(list, &entry); more; more = Thread32Next(list, &entry)) {
        count += entry.th32OwnerProcessID == GetCurrentProcessId();
    }
    CloseHandle(list);
    return count;
}
#endif

}  // namespace bgworkers::test
