#include "host/os/process_state.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <new>

#include "host/php.h"  // tsrm_env_lock()

namespace bgworkers {
namespace os {

bool handle_forks(void (*before)(), void (*in_parent)(), void (*in_child)()) noexcept {
    return pthread_atfork(before, in_parent, in_child) == 0;
}

uint64_t effective_user() noexcept { return static_cast<uint64_t>(::geteuid()); }

// A title is written over the arguments of the program, so it needs no /proc, which a root directory may lack.
std::string purpose_of_process() {
#ifdef __linux__
    std::string purpose = program_invocation_name == nullptr ? "" : program_invocation_name;
#else
    std::string purpose;
#endif
    // Two chroots of one user may have a workers file of the same path, and different code behind it.
    struct stat root{};
    if (::stat("/", &root) == 0) {
        purpose += '\0' + std::to_string(root.st_dev) + ':' + std::to_string(root.st_ino);
    }
    return purpose;
}

char* resolve_path(const char* path) noexcept { return ::realpath(path, nullptr); }

// PHP loads extensions with RTLD_DEEPBIND, so `environ` would be libc's own one here, which nobody keeps current: the
// process uses the executable's.
bool copy_environment(std::vector<std::string>* entries) noexcept {
    static auto* const environment = static_cast<char***>(dlsym(dlopen(nullptr, RTLD_LAZY), "environ"));
    bool complete = environment != nullptr;
    // putenv() of a request may be moving the array.
    tsrm_env_lock();
    try {
        for (char** entry = complete ? *environment : nullptr; entry != nullptr && *entry != nullptr; ++entry) {
            entries->emplace_back(*entry);
        }
    } catch (const std::bad_alloc&) {
        complete = false;
    }
    tsrm_env_unlock();
    return complete;
}

int file_mode_mask() noexcept {
    unsigned int mask = 0;
    bool known = false;
    // Not /proc/self: where the process's main thread has ended, that has no Umask.
    if (FILE* status = ::fopen("/proc/thread-self/status", "re")) {  // Linux, since 4.7
        char line[256];
        while (!known && ::fgets(line, sizeof(line), status) != nullptr) {
            known = ::sscanf(line, "Umask: %o", &mask) == 1;
        }
        ::fclose(status);
    }
    if (!known) {
        mask = ::umask(077);
        ::umask(static_cast<mode_t>(mask));
    }
    return static_cast<int>(mask);
}

}  // namespace os
}  // namespace bgworkers
