#include "core/base/numbers.h"

#include <catch2/catch_test_macros.hpp>

#include <clocale>
#include <cstdint>
#include <limits>
#include <string>

using namespace bgworkers;

namespace {
constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
}

TEST_CASE("a whole number is read whole, and in its range, or not at all", "[numbers]") {
    CHECK(parse_integer("0", 0, 10) == 0);
    CHECK(parse_integer("10", 0, 10) == 10);
    CHECK(parse_integer("-1", -1, 10) == -1);
    CHECK(parse_integer("007", 0, 10) == 7);
    CHECK(parse_integer("9223372036854775807", 0, kMost) == kMost);
    for (const char* bad : {"",
                            " ",
                            "11",
                            "-1",
                            "1 ",
                            " 1",
                            "\t1",
                            "+1",
                            "0x1",
                            "0b1",
                            "1e0",
                            "1.",
                            "1.0",
                            "1K",
                            "1,0",
                            "4294967296",
                            "4294967297",
                            "18446744073709551617",
                            "99999999999999999999",
                            "one",
                            "--1"}) {
        INFO(bad);
        CHECK_FALSE(parse_integer(bad, 0, 10).has_value());
    }
    CHECK_FALSE(parse_integer("9223372036854775808", 0, kMost).has_value());
    CHECK_FALSE(parse_integer(std::string_view("1\0", 2), 0, 10).has_value());
}

TEST_CASE("seconds are the nearest double, in any locale", "[numbers]") {
    const auto check = [] {
        CHECK(parse_seconds("0") == 0.0);
        CHECK(parse_seconds("5") == 5.0);
        CHECK(parse_seconds("0.1") == 0.1);
        CHECK(parse_seconds("0.3") == 0.3);
        CHECK(parse_seconds("2.5") == 2.5);
        CHECK(parse_seconds("123456.789012345") == 123456.789012345);
        CHECK(parse_seconds("1.") == 1.0);
        CHECK(parse_seconds(".5") == 0.5);
        CHECK(parse_seconds("000000000000000000000001") == 1.0);
        CHECK(parse_seconds("0.1000000000000000000000000000000000001") == 0.1);
        CHECK(parse_seconds("1000000") == 1e6);
        CHECK(parse_seconds("1000000.000000000") == 1e6);
        CHECK_FALSE(parse_seconds("0,1").has_value());
    };
    check();
    if (setlocale(LC_NUMERIC, "de_DE.UTF-8") != nullptr) {
        check();
        setlocale(LC_NUMERIC, "C");
    }
}

TEST_CASE("what is no number of seconds, or too many, is refused", "[numbers]") {
    for (const char* bad : {"",
                            ".",
                            "..",
                            "1.2.3",
                            "-1",
                            "-0",
                            "+1",
                            " 1",
                            "1 ",
                            "1e3",
                            "1E3",
                            "0x1",
                            "inf",
                            "nan",
                            "5s",
                            "1000000.1",
                            "1000000.000000001",
                            "1000001",
                            "1000000000",
                            "99999999999999999999",
                            "999999999999999999999999999999999999999999999999"}) {
        INFO(bad);
        CHECK_FALSE(parse_seconds(bad).has_value());
    }
    CHECK_FALSE(parse_seconds(std::string_view("1\0", 2)).has_value());
}

TEST_CASE("sizes have one unit at most, and fit", "[numbers]") {
    CHECK(parse_size("0") == 0);
    CHECK(parse_size("123") == 123);
    CHECK(parse_size("512K") == 512 * 1024);
    CHECK(parse_size("512k") == 512 * 1024);
    CHECK(parse_size("64M") == 64 * 1024 * 1024);
    CHECK(parse_size("2g") == int64_t{2} << 30);
    CHECK(parse_size("8589934591G") == int64_t{8589934591} << 30);
    for (const char* bad : {"", "K", "-5", " -5", " 5", "5 ", "5 M", "5MB", "5T", "64X", "0x10", "0b1", "1e9", "1.5M",
                            "+5", "8589934592G", "9223372036854775808", "99999999999999999999K"}) {
        INFO(bad);
        CHECK_FALSE(parse_size(bad).has_value());
    }
}
