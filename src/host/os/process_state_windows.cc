// Compiled for Windows, not yet run there.
#include "host/os/process_state.h"

#include <io.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <windows.h>

#include <new>

namespace bgworkers {
namespace os {

bool handle_forks(void (*)(), void (*)(), void (*)()) noexcept { return true; }

uint64_t effective_user() noexcept { return 0; }

std::string purpose_of_process() { return {}; }

char* resolve_path(const char* path) noexcept {
    if (_access(path, 0) != 0) {
        return nullptr;
    }
    return _fullpath(nullptr, path, 0);
}

// The system guards its variables itself.
bool copy_environment(std::vector<std::string>* entries) noexcept {
    char* const block = GetEnvironmentStringsA();
    bool complete = block != nullptr;
    try {
        for (const char* entry = block; complete && *entry != '\0'; entry += entries->back().size() + 1) {
            entries->emplace_back(entry);
        }
    } catch (const std::bad_alloc&) {
        complete = false;
    }
    if (block != nullptr) {
        FreeEnvironmentStringsA(block);
    }
    return complete;
}

int file_mode_mask() noexcept {
    const int mask = _umask(_S_IREAD | _S_IWRITE);
    _umask(mask);
    return mask;
}

}  // namespace os
}  // namespace bgworkers
