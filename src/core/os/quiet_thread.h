// Threads that the process's signals never reach. libuv's threads, with an explicit stack size and name.
#pragma once

#include <uv.h>

#include <cstddef>

namespace bgworkers {

// Deep arrays and recursive scripts overflow the default of some systems and limits.
constexpr size_t kWorkerStackBytes = 16 * 1024 * 1024;

// Starts `entry(data)` on a new thread with every asynchronous signal blocked from its first instruction on (faults
// such as SIGSEGV stay deliverable). Returns 0 or a negative libuv error; nothing was created then.
int start_quiet_thread(uv_thread_t* thread, size_t stack_bytes, void (*entry)(void*), void* data) noexcept;

// Name of the calling thread as `ps -L` and gdb show it; cut to what the system takes (15 bytes on Linux).
void name_this_thread(const char* name) noexcept;

}  // namespace bgworkers
