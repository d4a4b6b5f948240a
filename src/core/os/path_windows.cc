#include <algorithm>

#include "core/os/path.h"

namespace bgworkers {

namespace {

bool is_slash(char c) noexcept { return c == '/' || c == '\\'; }

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

bool is_absolute_path(std::string_view path) noexcept {
    const bool drive = path.size() >= 3 && is_letter(path[0]) && path[1] == ':' && is_slash(path[2]);
    const bool share = path.size() >= 3 && is_slash(path[0]) && is_slash(path[1]) && !is_slash(path[2]);
    return drive || share;
}

bool take_root(std::string* path, std::string* root) {
    std::replace(path->begin(), path->end(), '\\', '/');  // of a relative one, too: callers take it apart at slashes
    root->clear();
    if (!is_absolute_path(*path)) {
        return false;
    }
    size_t end = 2;  // behind the drive, or behind the names of server and share
    for (int names = (*path)[0] == '/' ? 2 : 0; names > 0; --names) {
        end = std::min(path->find('/', end + (names == 1)), path->size());
    }
    *root = path->substr(0, end);
    path->erase(0, end);
    return true;
}

}  // namespace bgworkers
