#include "core/workers/declared_files.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <chrono>
#include <filesystem>

#ifndef _WIN32
#include <sys/stat.h>
#include <unistd.h>
#endif

#include "support/temp_directory.h"

using namespace bgworkers;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> names_in(const std::string& directory) {
    const Result<std::vector<std::string>> files = files_of(directory);
    REQUIRE(files.ok());
    std::vector<std::string> names;
    for (const std::string& file : files.value()) {
        CHECK(fs::path(file).parent_path() == directory);
        names.push_back(fs::path(file).filename().string());
    }
    return names;
}

DeclaredFiles read(const std::string& path) {
    DeclaredFiles declared(path);
    const Result<std::vector<std::string>> files = files_of(path);
    for (const std::string& file : files.value()) {
        declared.begin_reading(file);
        std::ifstream stream(file);
        declared.has_read(std::string(std::istreambuf_iterator<char>(stream), {}));
    }
    return declared;
}

// A clock that is coarse must not hide an edit.
void make_older(const std::string& file) {
    fs::last_write_time(file, fs::last_write_time(file) - std::chrono::hours(1));
}

}  // namespace

TEST_CASE("the files of a directory are its *.ini, sorted by bytes", "[declared_files]") {
    TempDirectory directory;
    for (const char* name :
         {"20-b.ini", "10-a.ini", "Z.ini", "a.ini", ".hidden.ini", ".ini", "c.ini.bak", "c.ini~", "d"}) {
        directory.write(name);
    }
    directory.write("below/e.ini");
    CHECK(names_in(directory.path()) == std::vector<std::string>{"10-a.ini", "20-b.ini", "Z.ini", "a.ini"});
    CHECK(names_in(directory.path() + "/below") == std::vector<std::string>{"e.ini"});
    CHECK(files_of(directory.at("a.ini")).value() == std::vector<std::string>{directory.at("a.ini")});
    CHECK(files_of(directory.at("missing")).value() == std::vector<std::string>{directory.at("missing")});
}

#ifndef _WIN32  // there are neither such modes nor such links
TEST_CASE("a directory that cannot be read is an error", "[declared_files]") {
    if (geteuid() == 0) {
        SKIP("root reads everything");
    }
    TempDirectory directory;
    fs::create_directory(directory.at("closed"));
    chmod(directory.at("closed").c_str(), 0);
    CHECK(files_of(directory.at("closed")).status().message() ==
          directory.at("closed") + ": cannot be read: Permission denied");
}

TEST_CASE("relative paths count from where a link of the file's own name leads, and links on the way stay",
          "[declared_files]") {
    TempDirectory directory;
    directory.write("releases/1/vendor/acme/workers.ini");
    fs::create_directory_symlink("releases/1", directory.at("current"));
    fs::create_directory(directory.at("workers.d"));
    const auto link = [&](const std::string& target, const std::string& name) {
        fs::create_symlink(target, directory.at("workers.d/" + name));
        return base_of(directory.at("workers.d/" + name));
    };
    const std::string acme = directory.path() + "/current/vendor/acme";
    CHECK(link(acme + "/workers.ini", "absolute.ini") == acme);
    CHECK(fs::path(link("../current/vendor/acme/workers.ini", "relative.ini")).lexically_normal() == acme);
    CHECK(link("absolute.ini", "twice.ini") == acme);
    CHECK(link("missing.ini", "dangling.ini") == directory.path() + "/workers.d");
    CHECK_FALSE(link("ring.ini", "ring.ini").empty());
    CHECK(base_of(directory.at("workers.d/plain.ini")) == directory.path() + "/workers.d");
}
#endif

TEST_CASE("an edit is seen: another text, another size, a file more, a file less", "[declared_files]") {
    TempDirectory directory;
    const std::string a = directory.write("a.ini", "[a]");
    const std::string b = directory.write("b.ini", "[b]");
    make_older(a);
    make_older(b);
    const DeclaredFiles declared = read(directory.path());
    CHECK(declared.edited().empty());
    SECTION("another text") {
        directory.write("b.ini", "[c]");
        CHECK(declared.edited() == b);
        CHECK(read(b).edited().empty());
    }
    SECTION("another size") {
        directory.write("a.ini", "[a]\n[x]");
        CHECK(declared.edited() == a);
    }
    SECTION("the same text anew is none") {
        directory.write("a.ini", "[a]");
        CHECK(declared.edited().empty());
    }
    SECTION("a file more, in front of, between and behind the others") {
        const std::string more = directory.write(GENERATE("0.ini", "ab.ini", "c.ini"), "");
        CHECK(fs::path(declared.edited()) == more);
    }
    SECTION("a file less") {
        const std::string less = GENERATE(true, false) ? a : b;
        fs::remove(less);
        CHECK(declared.edited() == less);
    }
    SECTION("something else in its place") {
        fs::remove(a);
        fs::create_directory(a);
        CHECK(declared.edited() == a);
    }
    SECTION("other files do not count") {
        directory.write("notes.txt", "x");
        CHECK(declared.edited().empty());
    }
}

TEST_CASE("without files nothing is edited; a workers file that is gone is", "[declared_files]") {
    CHECK(DeclaredFiles().edited().empty());
    TempDirectory directory;
    const std::string file = directory.write("workers.ini", "[a]");
    const DeclaredFiles declared = read(file);
    CHECK(declared.edited().empty());
    fs::remove(file);
    CHECK(declared.edited() == file);
}

TEST_CASE("what is written while it is read is an edit", "[declared_files]") {
    TempDirectory directory;
    const std::string file = directory.write("workers.ini", "[a]");
    make_older(file);
    DeclaredFiles declared(file);
    declared.begin_reading(file);
    directory.write("workers.ini", "[b]");
    declared.has_read("[a]");
    CHECK(declared.edited() == file);
}
