// Which internal functions the host has left in place, and that what it takes away does no harm to other threads.
//
// FPM disables functions by deleting them from its thread's table: those of a pool when a child starts, those of
// PHP_ADMIN_VALUE in any request. A new thread's table is a copy of PHP's own, which still has them; from 8.3 on both
// point to one struct, and deleting it frees it. So
//   - the tables of the host's threads get a destructor that leaves those structs alone: they are freed once, with
//   PHP's
//     own table, at the end of the module. (PHP frees them twice there, which debug engines notice.)
//   - what has gone from any of the host's tables is noted, and goes from a worker's table before its next run. A run
//   that
//     is under way keeps it.
//
// As long as every table has as many functions as PHP's own, nothing has gone, and nothing is noted.
//
// The names are immutable sets, replaced as a whole; old ones live until end(). Threads: note() by requests, under a
// mutex that no thread of ours ever takes, so that forks need not care; prune() by worker threads, which only load a
// pointer. None of these bails out.
#pragma once

#include <cstdint>

namespace bgworkers {
namespace callable_functions {

struct Names;

// The end of PHP's start-up, on the thread that did it.
void start() noexcept;
// RINIT of a request of the host. Cheap if the table has as many functions as the result of the thread's last call,
// which is `seen` (0 = none yet).
uint32_t note(uint32_t seen) noexcept;
// A worker's thread, outside of a request: `done` is the result of its last call, or nullptr.
const Names* prune(const Names* done) noexcept;
// The end of the module: no thread of ours is left.
void end() noexcept;

}  // namespace callable_functions
}  // namespace bgworkers
