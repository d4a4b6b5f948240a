// No signal reaches a thread here that did not raise it.
#include <windows.h>

#include "core/os/quiet_thread.h"

namespace bgworkers {

int start_quiet_thread(uv_thread_t* thread, size_t stack_bytes, void (*entry)(void*), void* data) noexcept {
    uv_thread_options_t options{};
    options.flags = UV_THREAD_HAS_STACK_SIZE;
    options.stack_size = stack_bytes;
    return uv_thread_create_ex(thread, &options, entry, data);
}

// Since Windows 10; debuggers show it.
void name_this_thread(const char* name) noexcept {
    using SetDescription = HRESULT(WINAPI*)(HANDLE, PCWSTR);
    const auto set = reinterpret_cast<SetDescription>(
        reinterpret_cast<void*>(GetProcAddress(GetModuleHandleW(L"kernel32"), "SetThreadDescription")));
    wchar_t wide[64];
    if (set != nullptr && MultiByteToWideChar(CP_UTF8, 0, name, -1, wide, 64) > 0) {
        set(GetCurrentThread(), wide);
    }
}

}  // namespace bgworkers
