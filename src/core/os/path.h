// What an absolute path is, in the one place that says so.
//
// Pure functions; any thread. POSIX: path_posix.cc, Windows: path_windows.cc.
#pragma once

#include <string>
#include <string_view>

namespace bgworkers {

// "/a/b"; on Windows "C:\a", "C:/a" and "\\server\share\a". "\a" and "C:a" depend on the present drive and directory
// there, so they are not absolute.
bool is_absolute_path(std::string_view path) noexcept;

// Parts an absolute path, or pattern, from its root: "" and "/a/b"; on Windows "C:" and "/a/b", or "//server/share" and
// "/a/b". False: it is not absolute, *root is empty. On Windows *path has slashes alone afterwards, in either case.
bool take_root(std::string* path, std::string* root);

}  // namespace bgworkers
