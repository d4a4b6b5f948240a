#include "core/os/process_life.h"

#include <windows.h>

namespace bgworkers {

uint32_t this_process() noexcept { return GetCurrentProcessId(); }

uint64_t start_of_process(uint32_t) noexcept { return 0; }

uint64_t program_of_process(uint32_t) noexcept { return 0; }

bool is_process_gone(uint32_t, uint64_t, uint64_t) noexcept { return false; }

}  // namespace bgworkers
