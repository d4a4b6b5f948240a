#include <catch2/catch_test_macros.hpp>

#include <initializer_list>
#include <string>

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

namespace {

std::string_view meant_by(std::string_view wrong, std::initializer_list<std::string_view> names) {
    NearestName nearest(wrong);
    for (std::string_view name : names) {
        nearest.offer(name);
    }
    return nearest.name();
}

}  // namespace

TEST_CASE("the name that was meant: the nearest, two letters away at most, a third of its letters", "[spelling]") {
    CHECK(meant_by("flagz", {"rates", "flags", "flag"}) == "flags");
    CHECK(meant_by("Flags", {"flags"}) == "flags");
    CHECK(meant_by("flgas", {"flags"}) == "flags");
    CHECK(meant_by("acme.flag", {"acme.flags", "acme.flagss"}) == "acme.flags");
    CHECK(meant_by("b", {"a"}).empty());
    CHECK(meant_by("cb", {"ab"}).empty());
    CHECK(meant_by("abd", {"abc"}) == "abc");
    CHECK(meant_by("xxxgs", {"flags"}).empty());
    CHECK(meant_by("configuration", {"configurtion", "configuratio"}) == "configurtion");
    CHECK(meant_by("flags", {}).empty());
    CHECK(meant_by(std::string(1 << 20, 'x'), {"flags"}).empty());  // as good as nothing is compared
}
