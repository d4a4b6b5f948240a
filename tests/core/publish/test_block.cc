#include "core/publish/block.h"

#include <catch2/catch_test_macros.hpp>

#include <csignal>
#include <cstring>
#include <deque>
#include <limits>

#include "support/support.h"

using namespace bgworkers;
using namespace bgworkers::test;

namespace {

constexpr size_t kSmall = 64;

// For the time of a test; what was allocated meanwhile must be freed in it.
struct Protection {
    Protection() { Block::protect_sealed(true); }
    ~Protection() { Block::protect_sealed(false); }
};

#ifndef _WIN32
int write_in_child(const Block& block, size_t offset) {
    return in_child([&] {
        std::signal(SIGSEGV, SIG_DFL);  // not the sanitizer's report
        static_cast<volatile char*>(block.data())[offset] = 1;
        return 0;
    });
}

bool faulted(int status) { return WIFSIGNALED(status) && (WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS); }
#endif

}  // namespace

TEST_CASE("a block has room for what was asked, aligned for any type", "[block]") {
    for (size_t bytes :
         {size_t{1}, kSmall, Block::kMapThreshold - 1, Block::kMapThreshold, 10 * Block::kMapThreshold + 1}) {
        INFO(bytes << " bytes");
        Block block = Block::allocate(bytes);
        REQUIRE(block);
        CHECK(block.size() == bytes);
        CHECK(reinterpret_cast<uintptr_t>(block.data()) % alignof(std::max_align_t) == 0);
        std::memset(block.data(), 0x5a, bytes);
        block.seal();
        Block other = std::move(block);
        CHECK_FALSE(block);
        CHECK(static_cast<char*>(other.data())[bytes - 1] == 0x5a);
    }
}

#ifndef _WIN32
TEST_CASE("with protection a write to a sealed block faults, a read does not", "[block]") {
    Protection on;
    for (size_t bytes : {kSmall, 2 * Block::kMapThreshold}) {
        INFO(bytes << " bytes");
        Block block = Block::allocate(bytes);
        REQUIRE(block);
        std::memset(block.data(), 3, bytes);
        CHECK(ended_with(write_in_child(block, 0), 0));  // not sealed yet
        block.seal();
        CHECK(static_cast<char*>(block.data())[bytes - 1] == 3);
        CHECK(faulted(write_in_child(block, 0)));
        CHECK(faulted(write_in_child(block, bytes - 1)));
    }
}

TEST_CASE("without protection nothing is mapped read-only", "[block]") {
    for (size_t bytes : {kSmall, 2 * Block::kMapThreshold}) {
        Block block = Block::allocate(bytes);
        std::memset(block.data(), 3, bytes);
        block.seal();
        CHECK(ended_with(write_in_child(block, 0), 0));
    }
}
#endif

TEST_CASE("an allocation that fails is told by an empty block", "[block]") {
    CHECK_FALSE(Block::allocate(std::numeric_limits<size_t>::max()));
    CHECK_FALSE(Block::allocate(std::numeric_limits<size_t>::max() / 2));
    CHECK_FALSE(Block::allocate(size_t{1} << 60));
    CHECK(Block::allocate(kSmall));
}

#ifndef _WIN32
TEST_CASE("memory that runs out is an empty block for small and for large blocks, not the end", "[block]") {
    if (kUnderSanitizer) {
        SKIP("the sanitizers need more address space than the limit leaves");
    }
    const int status = in_child([] {
        const rlimit limit{64 << 20, 64 << 20};
        setrlimit(RLIMIT_AS, &limit);
        std::deque<Block> blocks;
        try {
            while (blocks.size() < 100000) {
                Block block = Block::allocate(Block::kMapThreshold - 64);
                if (!block) {
                    break;
                }
                blocks.push_back(std::move(block));
            }
        } catch (const std::bad_alloc&) {
            blocks.pop_back();  // the container's own memory, which is as scarce
        }
        if (blocks.empty() || blocks.size() == 100000) {
            return 1;
        }
        return Block::allocate(8 << 20) ? 2 : 0;
    });
    CHECK(ended_with(status, 0));
}
#endif

TEST_CASE("the large block that was freed last serves the next of about its size", "[block]") {
    constexpr size_t kBytes = 8 * Block::kMapThreshold;
    Block::drop_spare();
    {
        Block first = Block::allocate(kBytes);
        REQUIRE(first);
    }
    void* larger_data = nullptr;
    {
        Block larger = Block::allocate(2 * kBytes);  // does not fit: the kept block goes
        REQUIRE(larger);
        CHECK(larger.size() == 2 * kBytes);
        larger_data = larger.data();
    }
    {
        Block next = Block::allocate(2 * kBytes - 100);
        REQUIRE(next);
        CHECK(next.data() == larger_data);
        CHECK(next.size() == 2 * kBytes - 100);
        static_cast<char*>(next.data())[next.size() - 1] = 1;
    }
    Block::drop_spare();
    Block::drop_spare();  // nothing is left: nothing happens
}
