#include <sys/mman.h>
#include <unistd.h>

#include "core/os/block_memory.h"

namespace bgworkers {

void* map_block(size_t bytes, size_t* mapped) noexcept {
    const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    const size_t rounded = (bytes + page - 1) / page * page;
    if (rounded < bytes) {
        return nullptr;
    }
    void* block = mmap(nullptr, rounded, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) {
        return nullptr;
    }
    *mapped = rounded;
    return block;
}

void unmap_block(void* block, size_t mapped) noexcept { munmap(block, mapped); }

void make_block_read_only(void* block, size_t mapped) noexcept { mprotect(block, mapped, PROT_READ); }

}  // namespace bgworkers
