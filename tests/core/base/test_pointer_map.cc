#include "core/base/pointer_map.h"

#include <catch2/catch_test_macros.hpp>

#include <map>
#include <utility>
#include <vector>

#include "support/support.h"

using namespace bgworkers;
using namespace bgworkers::test;

namespace {
const void* address(uintptr_t number) { return reinterpret_cast<const void*>(number); }
}  // namespace

TEST_CASE("an empty map finds nothing", "[pointer_map]") {
    PointerMap map;
    CHECK(map.find(address(8)) == nullptr);
}

TEST_CASE("a word is made once as 0 and kept", "[pointer_map]") {
    PointerMap map;
    bool made = false;
    uintptr_t* word = map.find_or_make(address(8), address(16), &made);
    REQUIRE(word != nullptr);
    CHECK(made);
    CHECK(*word == 0);
    *word = 42;
    CHECK(*map.find_or_make(address(8), address(16), &made) == 42);
    CHECK_FALSE(made);
    CHECK(*map.find(address(8), address(16)) == 42);
}

TEST_CASE("both halves of the pair and their order count", "[pointer_map]") {
    PointerMap map;
    bool made;
    *map.find_or_make(address(8), address(16), &made) = 1;
    *map.find_or_make(address(16), address(8), &made) = 2;
    CHECK(made);
    *map.find_or_make(address(8), nullptr, &made) = 3;
    CHECK(made);
    CHECK(*map.find(address(8), address(16)) == 1);
    CHECK(*map.find(address(16), address(8)) == 2);
    CHECK(*map.find(address(8)) == 3);
    CHECK(map.find(address(16)) == nullptr);
}

TEST_CASE("words survive growth, whatever the distance of the addresses", "[pointer_map]") {
    for (uintptr_t stride :
         {uintptr_t{1}, uintptr_t{8}, uintptr_t{56}, uintptr_t{4096}, uintptr_t{1} << 20, uintptr_t{1} << 32}) {
        INFO("stride " << stride);
        PointerMap map;
        constexpr uintptr_t kCount = 5000;
        for (uintptr_t i = 1; i <= kCount; ++i) {
            bool made = false;
            uintptr_t* word = map.find_or_make(address(i * stride), address(i % 3), &made);
            REQUIRE(word != nullptr);
            REQUIRE(made);
            *word = i;
        }
        size_t wrong = 0;
        for (uintptr_t i = 1; i <= kCount; ++i) {
            const uintptr_t* word = map.find(address(i * stride), address(i % 3));
            wrong += word == nullptr || *word != i;
            wrong += map.find(address(i * stride), address(77)) != nullptr;
        }
        CHECK(wrong == 0);
    }
}

#ifndef _WIN32
TEST_CASE("a map that cannot grow says so and keeps what it has", "[pointer_map]") {
    if (kUnderSanitizer) {
        SKIP("the sanitizers need more address space than the limit leaves");
    }
    const int status = in_child([] {
        const rlimit limit{64 << 20, 64 << 20};
        setrlimit(RLIMIT_AS, &limit);
        PointerMap map;
        uintptr_t held = 0;
        for (uintptr_t i = 1; i < 100'000'000; ++i) {
            bool made;
            uintptr_t* word = map.find_or_make(address(i * 8), nullptr, &made);
            if (word == nullptr) {
                break;
            }
            *word = i;
            held = i;
        }
        if (held == 0 || held == 99'999'999) {
            return 1;
        }
        for (uintptr_t i = 1; i <= held; ++i) {
            const uintptr_t* word = map.find(address(i * 8));
            if (word == nullptr || *word != i) {
                return 2;
            }
        }
        return map.find(address((held + 1) * 8)) == nullptr ? 0 : 3;
    });
    CHECK(ended_with(status, 0));
}
#endif
