#include "core/watch/watch_scan.h"

#include <sys/stat.h>
#include <uv.h>

#include <algorithm>

#include "core/os/path.h"
#include "core/watch/glob.h"

namespace bgworkers {

namespace {

constexpr int kMaxHops = 40;  // as the kernel's own limit for symbolic links

struct FsRequest : uv_fs_t {
    FsRequest() : uv_fs_t{} {}
    ~FsRequest() { uv_fs_req_cleanup(this); }
    FsRequest(const FsRequest&) = delete;
    FsRequest& operator=(const FsRequest&) = delete;
};

std::vector<std::string> components_of(const std::string& path) {
    std::vector<std::string> components;
    for (size_t start = 0; start < path.size();) {
        const size_t end = std::min(path.find('/', start), path.size());
        const std::string component = path.substr(start, end - start);
        // ".." stays: behind a symbolic link it does not lead back to where the link lies.
        if (!component.empty() && component != ".") {
            components.push_back(component);
        }
        start = end + 1;
    }
    return components;
}

// Directories are written without a slash at the end here, so a root is "" or "C:".
std::string or_root(const std::string& directory) {
    return directory.empty() || directory.back() == ':' ? directory + "/" : directory;
}

}  // namespace

// Only absolute ones: an empty pattern would mean the root, and all below it.
void WatchScan::add(const std::string& pattern) {
    std::string path = pattern;
    std::string root;
    if (take_root(&path, &root)) {
        expand(root, components_of(path), 0);
    }
}

void WatchScan::expand(const std::string& directory, const std::vector<std::string>& components, size_t index) {
    if (index == components.size()) {
        walk(directory);
        return;
    }
    const std::string& component = components[index];
    // Before the name is looked up: what comes after that is an event.
    visit_(or_root(directory), component);
    if (!has_glob_magic(component)) {
        enter(directory + "/" + glob_unescape(component), components, index + 1);
        return;
    }
    for (const Entry& entry : list(or_root(directory))) {
        if (glob_matches(component, entry.name)) {
            enter(directory + "/" + entry.name, components, index + 1);
        }
    }
}

void WatchScan::enter(const std::string& path, const std::vector<std::string>& components, size_t index) {
    int hops = kMaxHops;
    follow_links(path, &hops);
    const Found found = examine(path);
    if (!found.exists) {
        return;
    }
    if (index == components.size()) {
        stamps_[path] = found.stamp;
    }
    if (found.directory) {
        expand(path, components, index);
    }
}

void WatchScan::walk(const std::string& top) {
    std::vector<std::string> pending{top};
    while (!pending.empty()) {
        const std::string directory = std::move(pending.back());
        pending.pop_back();
        // Patterns may overlap, and each look costs calls of the system for all that lies there.
        if (!walked_.insert(directory).second) {
            continue;
        }
        visit_(or_root(directory), "");
        for (const Entry& entry : list(or_root(directory))) {
            const std::string path = directory + "/" + entry.name;
            int hops = kMaxHops;
            if (entry.link) {
                follow_links(path, &hops);
            }
            const Found found = examine(path);
            // A link that points nowhere is an entry all the same.
            if (found.exists || entry.link) {
                stamps_[path] = found.stamp;
            }
            if (found.directory && !entry.link) {
                pending.push_back(path);
            }
        }
    }
}

void WatchScan::follow_links(const std::string& path, int* hops_left) {
    std::string target;
    if (*hops_left <= 0 || !read_link(path, &target)) {
        return;
    }
    --*hops_left;
    std::string directory;
    if (!take_root(&target, &directory)) {
        directory = path.substr(0, path.rfind('/'));
    }
    for (const std::string& name : components_of(target)) {
        // A * in a link's target is a letter.
        visit_(or_root(directory), glob_escape(name));
        directory += "/" + name;
        follow_links(directory, hops_left);
    }
}

WatchScan::Found WatchScan::examine(const std::string& path) {
    FsRequest request;
    Found found;
    if (const int error = uv_fs_stat(nullptr, &request, path.c_str(), nullptr); error < 0) {
        note_error(error);
        return found;
    }
    const uv_stat_t& stat = request.statbuf;
    found.exists = true;
    found.directory = (stat.st_mode & S_IFMT) == S_IFDIR;
    found.stamp.device = stat.st_dev;
    found.stamp.inode = stat.st_ino;
    // The times of a directory change with each file in it, also with those that do not matter.
    if (!found.directory) {
        found.stamp.size = stat.st_size;
        found.stamp.modified[0] = stat.st_mtim.tv_sec;
        found.stamp.modified[1] = stat.st_mtim.tv_nsec;
        found.stamp.changed[0] = stat.st_ctim.tv_sec;
        found.stamp.changed[1] = stat.st_ctim.tv_nsec;
    }
    return found;
}

std::vector<WatchScan::Entry> WatchScan::list(const std::string& directory) {
    FsRequest request;
    std::vector<Entry> entries;
    if (const int error = uv_fs_scandir(nullptr, &request, directory.c_str(), 0, nullptr); error < 0) {
        note_error(error);
        return entries;
    }
    const std::string prefix = directory.back() == '/' ? directory : directory + "/";
    for (uv_dirent_t entry; uv_fs_scandir_next(&request, &entry) != UV_EOF;) {
        bool link = entry.type == UV_DIRENT_LINK;
        std::string ignored;
        // Not every file system tells the type with the name.
        if (entry.type == UV_DIRENT_UNKNOWN) {
            link = read_link(prefix + entry.name, &ignored);
        }
        entries.push_back({entry.name, link});
    }
    return entries;
}

bool WatchScan::read_link(const std::string& path, std::string* target) {
    FsRequest request;
    if (const int error = uv_fs_readlink(nullptr, &request, path.c_str(), nullptr); error < 0) {
        note_error(error);
        return false;
    }
    *target = static_cast<const char*>(request.ptr);
    return !target->empty();
}

void WatchScan::note_error(int error) noexcept {
    // What is missing, or forbidden, is an answer. These are none: taken for one, files that are there would seem to be
    // gone.
    const bool passing = error == UV_EMFILE || error == UV_ENFILE || error == UV_ENOMEM || error == UV_EIO;
    if (passing) {
        complete_ = false;
    }
}

}  // namespace bgworkers
