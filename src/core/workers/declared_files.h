// The files that a scope is declared in: a workers file, or the "*.ini" of a directory; and whether they are still what
// was read.
//
// Plain values without locks; built by one thread, immutable afterwards. All of this reads the file system, so it may
// block: nothing here is for the path of an ordinary request.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace bgworkers {

// `path` itself, unless it is a directory: then its "*.ini" but for those whose names begin with ".", sorted by the
// bytes of their names. What lies in a directory below it does not count.
Result<std::vector<std::string>> files_of(const std::string& path);

// Where relative paths in a file of such a directory count from: the directory in which it lies, after links of its own
// name. Links to directories on the way stay, so that a deploy may move them.
std::string base_of(const std::string& file);

class DeclaredFiles {
public:
    DeclaredFiles() = default;
    // `path`: an absolute path, what bgworkers.config names.
    explicit DeclaredFiles(std::string path) : path_(std::move(path)) {}

    // To be called before the file is read, so that an edit in between is one; and with what was read.
    void begin_reading(const std::string& file);
    void has_read(std::string_view text) noexcept;

    // The first file that is not what was read, or was added or taken away; "" if there is none, or if there are no
    // files. A file that was written anew with the same text is what it was.
    std::string edited() const;

private:
    struct Stamp {
        std::string path;
        uintmax_t size = 0;
        std::filesystem::file_time_type written;
        size_t hash = 0;
    };
    static bool is_as_read(const Stamp& stamp);

    std::string path_;
    std::vector<Stamp> stamps_;
};

}  // namespace bgworkers
