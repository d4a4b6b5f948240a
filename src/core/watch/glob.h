// One component of a path pattern (what stands between two slashes), read as plain glob(3) reads it: `*`, `?`, `[...]`,
// a backslash quotes, a leading dot has to be written. That is what PHP's glob() does without flags.
//
// On Windows only `*` and `?`, as its file system knows them, and no quoting.
//
// Pure functions; any thread. POSIX: glob_posix.cc, Windows: glob_windows.cc.
#pragma once

#include <string>
#include <string_view>

namespace bgworkers {

// Can it match more than one name?
bool has_glob_magic(std::string_view component) noexcept;
// The one name that a component without magic stands for, and back.
std::string glob_unescape(std::string_view component);
std::string glob_escape(std::string_view name);

bool glob_matches(const std::string& component, const std::string& name) noexcept;

}  // namespace bgworkers
