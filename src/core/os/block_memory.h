// Pages for large snapshots, straight from the operating system. Any thread; no state.
#pragma once

#include <cstddef>

namespace bgworkers {

// At least `bytes` (> 0) of zeroed, page-aligned memory; *mapped: the bytes to unmap. nullptr if out of memory.
void* map_block(size_t bytes, size_t* mapped) noexcept;
void unmap_block(void* block, size_t mapped) noexcept;
void make_block_read_only(void* block, size_t mapped) noexcept;

}  // namespace bgworkers
