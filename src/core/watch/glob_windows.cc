// Backslashes separate directories here, so nothing is quoted, and names do not tell case.
#include <shlwapi.h>
#include <windows.h>

#include "core/watch/glob.h"

namespace bgworkers {

bool has_glob_magic(std::string_view component) noexcept {
    return component.find_first_of("*?") != std::string_view::npos;
}

std::string glob_unescape(std::string_view component) { return std::string(component); }

std::string glob_escape(std::string_view name) { return std::string(name); }

// A semicolon would separate patterns; the file system allows it in names, so such a pattern matches nothing else.
bool glob_matches(const std::string& component, const std::string& name) noexcept {
    if (component.find(';') != std::string::npos) {
        return component == name;
    }
    return (name[0] != '.' || component[0] == '.') && PathMatchSpecA(name.c_str(), component.c_str());
}

}  // namespace bgworkers
