// Processes that share a region, killed where a test wants it.
#pragma once

#ifdef __linux__

#include <signal.h>
#include <sys/mman.h>

#include <cstring>
#include <functional>
#include <memory>
#include <random>
#include <string>

#include "core/os/process_life.h"
#include "core/pool/leadership.h"
#include "core/pool/marks.h"
#include "core/pool/region.h"
#include "core/pool/reservation.h"
#include "core/pool/scope_table.h"
#include "core/pool/store.h"
#include "support/support.h"

namespace bgworkers::test {

constexpr uint64_t kMiB = 1 << 20;

inline PoolSettings small_pool(uint64_t limit = 8 * kMiB, uint32_t scopes = 2, uint32_t users = 1) {
    PoolSettings settings;
    settings.limit_bytes = limit;
    settings.scopes = scopes;
    settings.users = users;
    settings.fingerprint = 42;
    return settings;
}

// While it lives, the n-th sync point (from 1) that begins with "pool." runs `act`; counts all of them. One at a time,
// for the thread that made it.
class AtPoint {
public:
    AtPoint(int n, std::function<void()> act);
    ~AtPoint();
    AtPoint(const AtPoint&) = delete;
    AtPoint& operator=(const AtPoint&) = delete;
    int seen() const;
};

// A process's part: region, marks, leadership and, if it leads, its store.
struct Member {
    std::unique_ptr<Region> region;
    std::unique_ptr<Marks> marks;
    std::unique_ptr<Leadership> leadership;
    std::unique_ptr<Store> store;
    uint32_t scope = 0;
    uint64_t key = 0;

    ~Member() {
        store.reset();
        marks.reset();
    }

    // Enters, takes a row, joins the scope.
    bool enter(Reservation& reservation, uint64_t user = 0, const char* name = "scope");
    bool join(const char* name);
    // True once this process leads and its store is open. `seconds` at most.
    bool lead(double seconds = 20);
    void stop_leading();
    // A block of words with one value; false if it was refused.
    bool publish(uint32_t publication, uint64_t value, size_t bytes = 64, uint64_t* version = nullptr);
};

inline bool is_whole(const SharedPin& pin, uint64_t* value = nullptr) {
    const auto* words = static_cast<const uint64_t*>(pin.data);
    for (size_t i = 1; i < pin.bytes / sizeof(uint64_t); ++i) {
        if (words[i] != words[0]) {
            return false;
        }
    }
    if (value != nullptr) {
        *value = words[0];
    }
    return true;
}

// A child that runs `body` and says so when it is asked; killed and reaped at the end.
class Child {
public:
    // say(): tell the parent to go on. hear(): wait until the parent says so; false: it is gone.
    struct Line {
        int in, out;
        void say() const;
        bool hear() const;
    };
    explicit Child(const std::function<int(const Line&)>& body);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    bool wait_until_said() const;  // false: it ended before
    void let_go() const;
    void kill_it();
    void signal(int number) const { ::kill(pid_, number); }
    int wait();
    pid_t pid() const { return pid_; }

private:
    pid_t pid_ = -1;
    int to_ = -1, from_ = -1;
    int status_ = -1;
};

// Words that test processes share outside the region.
template <typename T>
class Common {
public:
    Common() {
        void* page = mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        it_ = new (page) T{};
    }
    ~Common() { munmap(it_, sizeof(T)); }
    Common(const Common&) = delete;
    Common& operator=(const Common&) = delete;
    T* operator->() const { return it_; }
    T& operator*() const { return *it_; }

private:
    T* it_;
};

// What a script does that opens the file under /proc and closes it.
inline void lose_all_locks(const Region& region) {
    const std::string path = "/proc/self/fd/" + std::to_string(region.file());
    ::close(::open(path.c_str(), O_RDWR | O_CLOEXEC));
}

}  // namespace bgworkers::test

#endif
