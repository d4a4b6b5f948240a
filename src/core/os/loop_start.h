// uv_loop_init() for a process that may be short of descriptors or memory. Any thread.
#pragma once

#include <uv.h>

namespace bgworkers {

// 0 or a negative libuv error; nothing was opened then. libuv itself (1.44 to 1.48 at least) aborts the process when
// its first loop cannot have its pipe for signals, or any loop its memory, and loses a descriptor when a later step
// fails.
int start_loop(uv_loop_t* loop) noexcept;

}  // namespace bgworkers
