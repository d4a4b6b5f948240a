#include <pthread.h>
#include <signal.h>

#include <cstring>

#include "core/os/asynchronous_signals_posix.h"
#include "core/os/quiet_thread.h"

namespace bgworkers {

int start_quiet_thread(uv_thread_t* thread, size_t stack_bytes, void (*entry)(void*), void* data) noexcept {
    const sigset_t asynchronous = asynchronous_signals();
    sigset_t previous;
    // The new thread inherits the mask; it is the caller's again afterwards.
    pthread_sigmask(SIG_BLOCK, &asynchronous, &previous);
    uv_thread_options_t options{};
    options.flags = UV_THREAD_HAS_STACK_SIZE;
    options.stack_size = stack_bytes;
    const int error = uv_thread_create_ex(thread, &options, entry, data);
    pthread_sigmask(SIG_SETMASK, &previous, nullptr);
    return error;
}

void name_this_thread(const char* name) noexcept {
    char cut[16];
    std::strncpy(cut, name, sizeof(cut) - 1);
    cut[sizeof(cut) - 1] = '\0';
#if defined(__APPLE__)
    pthread_setname_np(cut);
#else
    pthread_setname_np(pthread_self(), cut);
#endif
}

}  // namespace bgworkers
