// What blocks of the tests are: any bytes, wherever they lie.
#pragma once

#include "core/shared/shared_memory.h"

namespace bgworkers::test {

constexpr SharedMemory::Form kPlainForm{[](void*, size_t, const void*) { return true; },
                                        [](const void*, size_t) { return true; }};

}  // namespace bgworkers::test
