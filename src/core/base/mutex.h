// Mutex, lock and condition variable with the annotations of clang's -Wthread-safety.
//
// Every shared field names its mutex (BGW_GUARDED_BY) and clang holds the code to it; other
// compilers see plain std types.
//
// Fork: the prepare handler locks what has to be consistent in the child, the parent unlocks,
// the child calls `reinitialise()`: it has one thread, and the state of a mutex or condition
// variable that other threads used is worthless there. Destroying a condition variable that
// had waiters hangs in a child, so the old one is overwritten, never destroyed.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <new>

#if defined(__clang__)
#define BGW_ATTRIBUTE(x) __attribute__((x))
#else
#define BGW_ATTRIBUTE(x)
#endif

#define BGW_CAPABILITY(name) BGW_ATTRIBUTE(capability(name))
#define BGW_SCOPED_CAPABILITY BGW_ATTRIBUTE(scoped_lockable)
#define BGW_GUARDED_BY(mutex) BGW_ATTRIBUTE(guarded_by(mutex))
#define BGW_REQUIRES(...) BGW_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define BGW_EXCLUDES(...) BGW_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define BGW_ACQUIRE(...) BGW_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define BGW_RELEASE(...) BGW_ATTRIBUTE(release_capability(__VA_ARGS__))
#define BGW_NO_THREAD_SAFETY_ANALYSIS BGW_ATTRIBUTE(no_thread_safety_analysis)

namespace bgworkers {

class BGW_CAPABILITY("mutex") Mutex {
public:
    void lock() BGW_ACQUIRE() { mutex_.lock(); }
    void unlock() BGW_RELEASE() { mutex_.unlock(); }
    // Child of a fork only: forgets whoever held it.
    void reinitialise() BGW_NO_THREAD_SAFETY_ANALYSIS { new (&mutex_) std::mutex; }

private:
    friend class CondVar;
    std::mutex mutex_;
};

class BGW_SCOPED_CAPABILITY MutexLock {
public:
    explicit MutexLock(Mutex& mutex) BGW_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
    ~MutexLock() BGW_RELEASE() { mutex_.unlock(); }
    MutexLock(const MutexLock&) = delete;
    MutexLock& operator=(const MutexLock&) = delete;

private:
    Mutex& mutex_;
};

class CondVar {
public:
    void notify_all() noexcept { cond_.notify_all(); }
    // Spurious wake-ups happen: callers loop over their condition.
    void wait(Mutex& mutex) BGW_REQUIRES(mutex) {
        std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
        cond_.wait(lock);
        lock.release();
    }
    void wait_until(Mutex& mutex, std::chrono::steady_clock::time_point until) BGW_REQUIRES(mutex) {
        std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
        cond_.wait_until(lock, until);
        lock.release();
    }
    // Child of a fork only.
    void reinitialise() { new (&cond_) std::condition_variable; }

private:
    std::condition_variable cond_;
};

}  // namespace bgworkers
