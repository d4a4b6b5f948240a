// Does a process still live? By its number and the time it started, for numbers are used again.
//
// process_life_posix.cc knows Linux's /proc. Where that cannot be read a process counts as alive as long as its number
// is taken. On Windows nobody asks. Threads: any. Blocks as long as reading /proc takes (20 us).
#pragma once

#include <cstdint>

namespace bgworkers {

uint32_t this_process() noexcept;
// In ticks since the system started; 0 if the system does not tell.
uint64_t start_of_process(uint32_t process) noexcept;

// A number for the name of the program that it runs; 0 if the system does not tell. Another number than before: it has
// become another program by exec.
uint64_t program_of_process(uint32_t process) noexcept;

// True only if it is certain: no process has this number, or it started at another time (compared in the bits of
// `mask`; start 0 is not compared), or it has ended and waits for its parent to ask. A process whose first thread has
// ended while others still run is not gone: for some milliseconds that is what a killed one looks like.
bool is_process_gone(uint32_t process, uint64_t start, uint64_t mask) noexcept;

}  // namespace bgworkers
