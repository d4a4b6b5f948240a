#include <windows.h>

#include "core/os/block_memory.h"

namespace bgworkers {

void* map_block(size_t bytes, size_t* mapped) noexcept {
    SYSTEM_INFO system;
    GetSystemInfo(&system);
    const size_t page = system.dwPageSize;
    const size_t rounded = (bytes + page - 1) / page * page;
    if (rounded < bytes) {
        return nullptr;
    }
    void* block = VirtualAlloc(nullptr, rounded, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    if (block != nullptr) {
        *mapped = rounded;
    }
    return block;
}

void unmap_block(void* block, size_t) noexcept { VirtualFree(block, 0, MEM_RELEASE); }

void make_block_read_only(void* block, size_t mapped) noexcept {
    DWORD before;
    VirtualProtect(block, mapped, PAGE_READONLY, &before);
}

}  // namespace bgworkers
