#include <catch2/catch_test_macros.hpp>

#include <map>
#include <random>

#include "core/pool/page_ranges.h"

using namespace bgworkers;

TEST_CASE("pages: a block goes into the smallest gap that holds it, the first of equal ones", "[pool][pages]") {
    PageRanges ranges(10, 100, 16);
    CHECK(ranges.take(5, 0) == 10);
    CHECK(ranges.take(3, 1) == 15);
    CHECK(ranges.take(5, 2) == 18);
    CHECK(ranges.take(3, 3) == 23);
    CHECK(ranges.take(1, 4) == 26);
    ranges.give_back(10);
    ranges.give_back(15);
    ranges.give_back(23);
    // gaps: 10..17 (8), 23..25 (3), 27..99
    CHECK(ranges.take(3, 5) == 23);
    CHECK(ranges.take(2, 6) == 10);
    CHECK(ranges.take(7, 7) == 27);
    CHECK(ranges.used_pages() == 5 + 1 + 3 + 2 + 7);
    CHECK(ranges.largest_gap() == 66);
    CHECK(ranges.take(67, 8) == 0);
    CHECK(ranges.take(66, 8) == 34);
}

TEST_CASE("pages: a block that is there already may neither touch another one nor lie outside", "[pool][pages]") {
    PageRanges ranges(10, 100, 3);
    CHECK(ranges.take_at(20, 10, 0));
    CHECK_FALSE(ranges.take_at(29, 1, 1));
    CHECK_FALSE(ranges.take_at(15, 6, 1));
    CHECK_FALSE(ranges.take_at(9, 1, 1));
    CHECK_FALSE(ranges.take_at(99, 2, 1));
    CHECK_FALSE(ranges.take_at(50, 0, 1));
    CHECK_FALSE(ranges.take_at(50, UINT64_MAX, 1));
    CHECK(ranges.take_at(30, 70, 1));
    CHECK(ranges.take_at(10, 10, 2));
    ranges.give_back(10);
    CHECK(ranges.take_at(10, 1, 2));
    CHECK_FALSE(ranges.take_at(12, 1, 3));  // three are in use
    CHECK(ranges.take(1, 3) == 0);
}

TEST_CASE("pages: taken and given back at random, no page ever serves two blocks", "[pool][pages]") {
    std::mt19937 random(11);
    PageRanges ranges(35, 2000, 100);
    std::map<uint64_t, uint64_t> mine;
    uint64_t used = 0;
    for (int i = 0; i < 20000; ++i) {
        if (random() % 2 == 0) {
            const uint64_t pages = 1 + random() % (random() % 10 == 0 ? 400 : 20);
            const uint64_t page = ranges.take(pages, 0);
            if (page == 0) {
                REQUIRE((ranges.largest_gap() < pages || mine.size() == 100));
                continue;
            }
            const auto next = mine.lower_bound(page);
            REQUIRE((next == mine.end() || next->first >= page + pages));
            REQUIRE((next == mine.begin() || std::prev(next)->first + std::prev(next)->second <= page));
            REQUIRE((page >= 35 && page + pages <= 2000));
            mine[page] = pages;
            used += pages;
        } else if (!mine.empty()) {
            const auto one = std::next(mine.begin(), static_cast<long>(random() % mine.size()));
            ranges.give_back(one->first);
            used -= one->second;
            mine.erase(one);
        }
        REQUIRE(ranges.used_pages() == used);
    }
}
