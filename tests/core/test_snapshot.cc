#include "core/snapshot.h"

#include <catch2/catch_test_macros.hpp>

#include <csignal>
#include <cstring>
#include <limits>

#include "support.h"

using namespace bgworkers;
using namespace bgworkers::test;

namespace {

constexpr size_t kSmall = 64;

// For the time of a test; what was allocated meanwhile must be freed in it.
struct Protection {
    Protection() { Snapshot::protect_sealed_blocks(true); }
    ~Protection() { Snapshot::protect_sealed_blocks(false); }
};

#ifndef _WIN32
int write_in_child(Snapshot* snapshot, size_t offset) {
    return in_child([&] {
        std::signal(SIGSEGV, SIG_DFL);  // not the sanitizer's report
        static_cast<volatile char*>(snapshot->data())[offset] = 1;
        return 0;
    });
}

bool faulted(int status) { return WIFSIGNALED(status) && (WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS); }
#endif

}  // namespace

TEST_CASE("a snapshot lives until its last pin is given back", "[snapshot]") {
    const uint64_t before = Snapshot::live_count();
    for (size_t bytes : {size_t{1}, kSmall, Snapshot::kMapThreshold - 1, Snapshot::kMapThreshold,
                         10 * Snapshot::kMapThreshold + 1}) {
        INFO(bytes << " bytes");
        Snapshot* snapshot = Snapshot::allocate(bytes);
        REQUIRE(snapshot != nullptr);
        CHECK(snapshot->size() == bytes);
        CHECK(snapshot->version() == 0);
        CHECK(reinterpret_cast<uintptr_t>(snapshot->data()) % alignof(std::max_align_t) == 0);
        std::memset(snapshot->data(), 0x5a, bytes);
        snapshot->seal();
        snapshot->pin();
        snapshot->unpin();
        CHECK(Snapshot::live_count() == before + 1);
        CHECK(static_cast<char*>(snapshot->data())[bytes - 1] == 0x5a);
        snapshot->unpin();
        CHECK(Snapshot::live_count() == before);
    }
}

TEST_CASE("pins of many threads add up, the last one frees", "[snapshot]") {
    const uint64_t before = Snapshot::live_count();
    Snapshot* snapshot = make_snapshot(7);
    constexpr int kThreads = 4;
    for (int i = 0; i < kThreads; ++i) {
        snapshot->pin();
    }
    std::atomic<int> wrong{0};
    {
        Threads threads;
        threads.run(kThreads, [&](int) {
            for (int i = 0; i < 2000; ++i) {
                snapshot->pin();
                wrong += words_of(snapshot)[0] != 7;
                snapshot->unpin();
            }
            snapshot->unpin();
        });
    }
    CHECK(wrong == 0);
    CHECK(Snapshot::live_count() == before + 1);
    snapshot->unpin();
    CHECK(Snapshot::live_count() == before);
}

#ifndef _WIN32
TEST_CASE("with protection a write to a sealed snapshot faults, a read does not", "[snapshot]") {
    Protection on;
    for (size_t bytes : {kSmall, 2 * Snapshot::kMapThreshold}) {
        INFO(bytes << " bytes");
        Snapshot* snapshot = Snapshot::allocate(bytes);
        REQUIRE(snapshot != nullptr);
        std::memset(snapshot->data(), 3, bytes);
        CHECK(ended_with(write_in_child(snapshot, 0), 0));  // not sealed yet
        snapshot->seal();
        CHECK(static_cast<char*>(snapshot->data())[bytes - 1] == 3);
        CHECK(faulted(write_in_child(snapshot, 0)));
        CHECK(faulted(write_in_child(snapshot, bytes - 1)));
        snapshot->pin();  // the count lies outside the block
        snapshot->unpin();
        snapshot->unpin();
    }
}

TEST_CASE("without protection nothing is mapped read-only", "[snapshot]") {
    for (size_t bytes : {kSmall, 2 * Snapshot::kMapThreshold}) {
        Snapshot* snapshot = Snapshot::allocate(bytes);
        std::memset(snapshot->data(), 3, bytes);
        snapshot->seal();
        CHECK(ended_with(write_in_child(snapshot, 0), 0));
        snapshot->unpin();
    }
}
#endif

TEST_CASE("an allocation that fails is told and leaves nothing behind", "[snapshot]") {
    const uint64_t before = Snapshot::live_count();
    CHECK(Snapshot::allocate(std::numeric_limits<size_t>::max()) == nullptr);
    CHECK(Snapshot::allocate(std::numeric_limits<size_t>::max() / 2) == nullptr);
    CHECK(Snapshot::allocate(size_t{1} << 60) == nullptr);
    CHECK(Snapshot::live_count() == before);
    Snapshot* later = Snapshot::allocate(kSmall);
    CHECK(later != nullptr);
    later->unpin();
}

#ifndef _WIN32
TEST_CASE("memory that runs out is a nullptr for small and for large snapshots, not the end", "[snapshot]") {
    if (kUnderSanitizer) {
        SKIP("the sanitizers need more address space than the limit leaves");
    }
    const int status = in_child([] {
        const rlimit limit{64 << 20, 64 << 20};
        setrlimit(RLIMIT_AS, &limit);
        int small = 0;
        while (small < 100000 && Snapshot::allocate(Snapshot::kMapThreshold - 64) != nullptr) {
            ++small;
        }
        if (small == 0 || small == 100000) {
            return 1;
        }
        if (Snapshot::allocate(8 << 20) != nullptr) {
            return 2;
        }
        return Snapshot::live_count() == static_cast<uint64_t>(small) ? 0 : 3;
    });
    CHECK(ended_with(status, 0));
}
#endif

TEST_CASE("the large block that was freed last serves the next of about its size", "[snapshot]") {
    constexpr size_t kBytes = 8 * Snapshot::kMapThreshold;
    Snapshot::drop_spare();
    Snapshot* first = Snapshot::allocate(kBytes);
    REQUIRE(first != nullptr);
    first->unpin();
    Snapshot* larger = Snapshot::allocate(2 * kBytes);  // does not fit: the kept block goes
    REQUIRE(larger != nullptr);
    CHECK(larger->size() == 2 * kBytes);
    void* const larger_block = larger->data();
    larger->unpin();
    Snapshot* next = Snapshot::allocate(2 * kBytes - 100);
    REQUIRE(next != nullptr);
    CHECK(next->data() == larger_block);
    CHECK(next->size() == 2 * kBytes - 100);
    static_cast<char*>(next->data())[next->size() - 1] = 1;
    next->unpin();
    Snapshot::drop_spare();
    Snapshot::drop_spare();  // nothing is left: nothing happens
}
