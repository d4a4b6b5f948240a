#include <catch2/catch_test_macros.hpp>

#include "core/base/spelling.h"

using namespace bgworkers;

TEST_CASE("letters apart: changed, added, taken away and swapped count one each, case counts nothing", "[spelling]") {
    CHECK(letters_apart("", "") == 0);
    CHECK(letters_apart("script", "script") == 0);
    CHECK(letters_apart("Script", "sCRIPT") == 0);
    CHECK(letters_apart("", "num") == 3);
    CHECK(letters_apart("num", "") == 3);
    CHECK(letters_apart("scirpt", "script") == 1);
    CHECK(letters_apart("scrpt", "script") == 1);
    CHECK(letters_apart("scripts", "script") == 1);
    CHECK(letters_apart("sxript", "script") == 1);
    CHECK(letters_apart("memroy_limt", "memory_limit") == 2);
    CHECK(letters_apart("every", "watch") == 5);
    CHECK(letters_apart("ca", "abc") == 3);  // a letter that was swapped is not changed once more
}
