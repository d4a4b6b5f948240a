// A directory of this process and test alone, removed at the end of the test.
#pragma once

#include <uv.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

class TempDirectory {
public:
    TempDirectory() {
        static std::atomic<int> count{0};
        path_ = std::filesystem::canonical(std::filesystem::temp_directory_path()) /
                ("bgworkers-test-" + std::to_string(uv_os_getpid()) + "-" + std::to_string(++count));
        std::filesystem::create_directories(path_);
    }
    ~TempDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempDirectory(const TempDirectory&) = delete;
    TempDirectory& operator=(const TempDirectory&) = delete;

    std::string path() const { return path_.string(); }
    // The path of an entry below; its directories are made.
    std::string at(const std::string& name) const {
        std::filesystem::create_directories((path_ / name).parent_path());
        return (path_ / name).string();
    }
    std::string write(const std::string& name, const std::string& text = "") const {
        const std::string file = at(name);
        std::ofstream(file, std::ios::trunc) << text;
        return file;
    }
    std::string make_directory(const std::string& name) const {
        std::filesystem::create_directories(path_ / name);
        return (path_ / name).string();
    }

private:
    std::filesystem::path path_;
};
