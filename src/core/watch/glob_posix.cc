#include <fnmatch.h>

#include "core/watch/glob.h"

namespace bgworkers {

bool has_glob_magic(std::string_view component) noexcept {
    for (size_t i = 0; i < component.size(); ++i) {
        const char c = component[i];
        if (c == '\\') {
            ++i;
        } else if (c == '*' || c == '?' || c == '[') {
            return true;
        }
    }
    return false;
}

std::string glob_unescape(std::string_view component) {
    std::string name;
    for (size_t i = 0; i < component.size(); ++i) {
        if (component[i] == '\\' && i + 1 < component.size()) {
            ++i;
        }
        name += component[i];
    }
    return name;
}

std::string glob_escape(std::string_view name) {
    std::string component;
    for (char c : name) {
        // A ] means itself where no [ is before it.
        if (c == '\\' || c == '*' || c == '?' || c == '[') {
            component += '\\';
        }
        component += c;
    }
    return component;
}

bool glob_matches(const std::string& component, const std::string& name) noexcept {
    return fnmatch(component.c_str(), name.c_str(), FNM_PERIOD) == 0;
}

}  // namespace bgworkers
