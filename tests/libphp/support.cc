#include "support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

namespace embed {

namespace {

std::atomic<int> failed{0};
Case* cases = nullptr;

size_t entries(const char* directory) {
    size_t count = 0;
    DIR* dir = opendir(directory);
    while (const dirent* entry = readdir(dir)) {
        count += entry->d_name[0] != '.';
    }
    closedir(dir);
    return count;
}

}  // namespace

void fail(const char* file, int line, const std::string& what) {
    // The first of a kind tells; a loop that fails for ever would drown it.
    if (failed.fetch_add(1) < 20) {
        const char* name = strrchr(file, '/');
        fprintf(stderr, "  %s:%d: %s\n", name == nullptr ? file : name + 1, line, what.c_str());
    }
}

int failures() { return failed.load(); }

Case::Case(const char* its_file, const char* its_name, void (*its_run)())
    : file(its_file), name(its_name), run(its_run), next(cases) {
    cases = this;
}

bool eventually(const std::function<bool()>& holds, double seconds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

const std::string& scratch() {
    static const std::string directory = [] {
        const auto path = std::filesystem::temp_directory_path() / ("bgworkers-embed-" + std::to_string(getpid()));
        std::filesystem::create_directory(path);
        return path.string();
    }();
    return directory;
}

std::string write_script(const std::string& name, const std::string& code) {
    const std::string path = scratch() + "/" + name;
    std::ofstream(path) << code;
    return path;
}

std::string workers(const std::string& declarations) {
    return "bgworkers.config=" + write_script("workers.ini", declarations) + "\n";
}

Usage usage() {
    long pages = 0, resident = 0;
    FILE* file = fopen("/proc/self/statm", "r");
    if (fscanf(file, "%ld %ld", &pages, &resident) != 2) {
        resident = 0;
    }
    fclose(file);
    return {entries("/proc/self/fd"), entries("/proc/self/task"),
            static_cast<size_t>(resident) * static_cast<size_t>(sysconf(_SC_PAGESIZE))};
}

}  // namespace embed

// PROGRAM: its cases, file and name of each. PROGRAM NAME: runs that one.
int main(int argc, char** argv) {
    using namespace embed;
    setvbuf(stdout, nullptr, _IOLBF, 0);
    for (Case* each = cases; each != nullptr; each = each->next) {
        if (argc < 2) {
            printf("%s %s\n", std::filesystem::path(each->file).stem().c_str(), each->name);
        } else if (strcmp(argv[1], each->name) == 0) {
            each->run();
            std::error_code ignored;
            std::filesystem::remove_all(scratch(), ignored);
            return failures() == 0 ? 0 : 1;
        }
    }
    return argc < 2 ? 0 : 2;
}
