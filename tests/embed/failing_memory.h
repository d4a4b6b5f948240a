// Memory that runs out when a test wants it to: this program's malloc family and mmap in front of libc's.
//
// Only what our own code asks for fails, directly or through libstdc++ and libc. Without memory libuv calls abort()
// (core/loop_start.cc makes that rare), and so do the engine's persistent allocations; request memory has a limit of
// its own (arm_request_memory()). Per thread.
#pragma once

namespace embed {

// The n-th allocation from here on fails, counted from 1; lasting: all later ones, too.
void arm_memory(long n, bool lasting);
// How many have failed since.
long disarm_memory();
// How many persistent allocations the engine has made on our behalf since arm_memory(): each of them could have ended
// the process.
long engine_allocations();

// The n-th allocation of request memory from here on finds the memory limit reached: a fatal error and a bailout.
void arm_request_memory(long n);
// Gives the engine its own functions back, before the request ends. Was the limit reached?
bool disarm_request_memory();

}  // namespace embed
