// For programs that the extension is part of: its module, and functions through which scripts and tests keep step.
//
//   embed_counter(int $which, ?int $set = null): int   one of a few numbers that all threads share
//   embed_live(): int                                  snapshots that exist
//   embed_memory(): int                                bytes that malloc has given out, in all threads
//   embed_time_out(): void                             the caller's time is up
//   embed_fail(string $what): void                     the case fails
//   embed_arm(int $n, bool $lasting): void             the n-th allocation from here on fails (and all later ones)
//   embed_disarm(): int                                how many have failed
//   embed_arm_request(int $n): void                    the n-th allocation of request memory finds the limit reached
//   embed_disarm_request(): bool                       before the request ends: has it?
#pragma once

#include <atomic>

#include "engine.h"

namespace embed {

zend_module_entry* extension();
const zend_function_entry* inside_functions();

constexpr int kCounters = 8;
extern std::atomic<long> counter[kCounters];

}  // namespace embed
