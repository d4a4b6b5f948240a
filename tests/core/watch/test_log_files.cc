#include "core/watch/log_files.h"

#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <system_error>

#include "support/temp_directory.h"

using namespace bgworkers;
namespace fs = std::filesystem;

TEST_CASE("a log stands for what its rotations make of it, and for nothing else", "[file_watcher]") {
    TempDirectory directory;
    const LogFiles logs({directory.at("app.log"), ""});
    for (const char* name : {"app.log", "app.log.1", "app.log.2.gz", "app.log-20260101", "app.log-1.gz"}) {
        CHECK(logs.holds(directory.at(name)));
    }
    for (const char* name : {"app.logo", "app.lo", "app", "other.log", "myapp.log", "sub/app.log"}) {
        CHECK_FALSE(logs.holds(directory.at(name)));
    }
    CHECK_FALSE(LogFiles().holds(directory.at("app.log")));
    CHECK_FALSE(LogFiles({""}).holds(directory.at("app.log")));
}

TEST_CASE("a log is known by every way to its directory, and behind its link", "[file_watcher]") {
    TempDirectory directory;
    fs::create_directories(directory.at("logs"));
    std::error_code error;
    fs::create_directory_symlink("logs", directory.at("link"), error);
    if (error) {
        SKIP("this system makes no symbolic links");
    }
    const LogFiles by_link({directory.at("link/app.log")});
    CHECK(by_link.holds(directory.at("logs/app.log")));
    CHECK(by_link.holds(directory.at("link/app.log.1")));
    directory.write("logs/real.log", "");
    fs::create_symlink("logs/real.log", directory.at("php.log"));
    const LogFiles link({directory.at("php.log")});
    CHECK(link.holds(directory.at("php.log")));
    CHECK(link.holds(directory.at("logs/real.log")));
    CHECK_FALSE(link.holds(directory.at("logs/other")));
}
