// One look at the file system: which files a worker's watch[] patterns stand for at the moment, and which directories
// have to be watched to learn of a change.
//
// Every directory on the way is told before it is read, so that a watch that is set there misses nothing: the root,
// each parent, the targets of symbolic links (a deploy that swaps a link, a mounted ConfigMap) and, below a
// directory that matches, everything. Links to directories are followed where a pattern names them, not below it.
//
// Used by FileWatcher. One thread at a time; reads the file system synchronously (libuv's thread pool would outlive
// the module), so it blocks as long as that takes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace bgworkers {

// Equal as long as nobody touched the file. For a directory, its identity alone: its entries have stamps of their own.
struct FileStamp {
    uint64_t device = 0;
    uint64_t inode = 0;
    uint64_t size = 0;
    int64_t modified[2] = {0, 0};  // seconds, nanoseconds
    int64_t changed[2] = {0, 0};
    bool operator==(const FileStamp&) const = default;
};
using FileStamps = std::map<std::string, FileStamp>;

class WatchScan {
public:
    // Entries of `directory` whose name matches `component` (see glob.h) matter; all that are there if it is "".
    using Visit = std::function<void(const std::string& directory, const std::string& component)>;
    explicit WatchScan(Visit visit) : visit_(std::move(visit)) {}

    // An absolute path or glob.
    void add(const std::string& pattern);

    FileStamps& stamps() noexcept { return stamps_; }
    // False: for want of descriptors or memory not everything could be read; absence then means nothing.
    bool complete() const noexcept { return complete_; }

private:
    struct Entry {
        std::string name;
        bool link;
    };
    struct Found {
        bool exists = false;
        bool directory = false;
        FileStamp stamp;
    };

    void expand(const std::string& directory, const std::vector<std::string>& components, size_t index);
    void enter(const std::string& path, const std::vector<std::string>& components, size_t index);
    void walk(const std::string& top);
    void follow_links(const std::string& path, int* hops_left);
    Found examine(const std::string& path);
    std::vector<Entry> list(const std::string& directory);
    bool read_link(const std::string& path, std::string* target);
    void note_error(int error) noexcept;

    Visit visit_;
    FileStamps stamps_;
    std::set<std::string> walked_;
    bool complete_ = true;
};

}  // namespace bgworkers
