#include "core/os/path.h"

namespace bgworkers {

bool is_absolute_path(std::string_view path) noexcept { return path.starts_with('/'); }

bool take_root(std::string* path, std::string* root) {
    root->clear();
    return is_absolute_path(*path);
}

}  // namespace bgworkers
