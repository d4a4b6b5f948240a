#include "core/os/path.h"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace bgworkers;

namespace {

// "ROOT|REST", or "no".
std::string parted(std::string path) {
    std::string root = "left over";
    return take_root(&path, &root) ? root + "|" + path : "no" + root;
}

}  // namespace

TEST_CASE("a relative path is not absolute", "[path]") {
    for (const char* path : {"", "a", "a/b", "./a", "../a", "~/a", "C:", "C:a"}) {
        INFO(path);
        CHECK_FALSE(is_absolute_path(path));
        CHECK(parted(path) == "no");
    }
}

#ifdef _WIN32

TEST_CASE("drives and shares begin absolute paths", "[path]") {
    for (const char* path : {"C:\\a", "c:/a", "Z:\\", "\\\\server\\share\\a", "//server/share", "\\\\?\\C:\\a"}) {
        INFO(path);
        CHECK(is_absolute_path(path));
    }
    for (const char* path : {"\\a", "/a", "1:\\a", "C\\a", "\\\\", "///"}) {
        INFO(path);
        CHECK_FALSE(is_absolute_path(path));
    }
}

TEST_CASE("a path is parted from its root, and its backslashes become slashes", "[path]") {
    CHECK(parted("C:\\a\\b") == "C:|/a/b");
    CHECK(parted("c:/") == "c:|/");
    CHECK(parted("\\\\server\\share\\a\\b") == "//server/share|/a/b");
    CHECK(parted("//server/share") == "//server/share|");
    CHECK(parted("//server") == "//server|");
    std::string relative = "a\\b", root;
    CHECK_FALSE(take_root(&relative, &root));
    CHECK(relative == "a/b");
}

#else

TEST_CASE("a slash begins an absolute path", "[path]") {
    CHECK(is_absolute_path("/"));
    CHECK(is_absolute_path("/a"));
    CHECK_FALSE(is_absolute_path("\\a"));
    CHECK_FALSE(is_absolute_path("C:\\a"));
    CHECK(parted("/a/b") == "|/a/b");
}

#endif
