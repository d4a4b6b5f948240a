#include "support/failing_new.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

namespace bgworkers::test {

namespace {

// No initialisers that run: operator new comes before everything.
constinit thread_local bool on_loop_thread = false;
constinit thread_local bool spared = false;
constinit thread_local size_t bytes = 0;
constinit std::atomic<long> allocations{0};  // on loops' threads since the present FailingNew was made
constinit std::atomic<long> first{0};        // 0 = none fails
constinit std::atomic<long> last{0};

bool fails() {
    if (!on_loop_thread || spared || first == 0) {
        return false;
    }
    const long number = ++allocations;
    return number >= first && number <= last;
}

}  // namespace

FailingNew::FailingNew(long n, long times) {
    allocations = 0;
    last = n + times - 1;
    first = n;
}

FailingNew::~FailingNew() { first = 0; }

long FailingNew::failures() const {
    const long number = allocations;
    return std::max(0L, std::min(number, last.load()) - first + 1);
}

SparedFromFailingNew::SparedFromFailingNew() { spared = true; }
SparedFromFailingNew::~SparedFromFailingNew() { spared = false; }

size_t bytes_asked_for() { return bytes; }

void note_loop_thread(const char* place) noexcept {
    on_loop_thread = on_loop_thread || std::strcmp(place, "supervisor.on_wake.between_looks") == 0;
}

}  // namespace bgworkers::test

// All forms of new and delete that the core uses, so that no block comes from one allocator and goes to another.
void* operator new(size_t size, const std::nothrow_t&) noexcept {
    using namespace bgworkers::test;
    bytes += size;
    return fails() ? nullptr : std::malloc(size == 0 ? 1 : size);
}

void* operator new(size_t size) {
    void* const block = operator new(size, std::nothrow);
    if (block == nullptr) {
        throw std::bad_alloc();
    }
    return block;
}

void* operator new[](size_t size) { return operator new(size); }
void* operator new[](size_t size, const std::nothrow_t&) noexcept { return operator new(size, std::nothrow); }
void operator delete(void* block) noexcept { std::free(block); }
void operator delete[](void* block) noexcept { std::free(block); }
void operator delete(void* block, size_t) noexcept { std::free(block); }
void operator delete[](void* block, size_t) noexcept { std::free(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { std::free(block); }
void operator delete[](void* block, const std::nothrow_t&) noexcept { std::free(block); }
