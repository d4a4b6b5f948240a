#include "core/publish/block.h"

#include <atomic>
#include <cstdlib>
#include <new>

#include "core/os/block_memory.h"

namespace bgworkers {

namespace {

std::atomic<bool> protect{false};

// The mapped block that was freed last, kept for the next one of about its size. Frequent large publications would
// otherwise spend half their time in mmap and munmap.
struct Spare {
    size_t mapped;
};
constexpr size_t kLargestSpare = 8 << 20;
std::atomic<Spare*> spare{nullptr};

void* take_spare(size_t bytes, size_t* mapped) noexcept {
    // Whoever has it by an exchange has it alone, so no count and no tag is needed.
    Spare* found = spare.exchange(nullptr, std::memory_order_acquire);
    if (found == nullptr) {
        return nullptr;
    }
    const size_t room = found->mapped;
    // Given up rather than put back: where data has shrunk, a large one would be kept for ever.
    if (bytes > room || bytes < room - room / 4) {
        unmap_block(found, room);
        return nullptr;
    }
    *mapped = room;
    return found;
}

void keep_as_spare(void* block, size_t mapped) noexcept {
    if (Spare* earlier = spare.exchange(new (block) Spare{mapped}, std::memory_order_acq_rel)) {
        unmap_block(earlier, earlier->mapped);
    }
}

}  // namespace

void Block::protect_sealed(bool on) noexcept { protect.store(on, std::memory_order_relaxed); }

void Block::drop_spare() noexcept {
    if (Spare* found = spare.exchange(nullptr, std::memory_order_acquire)) {
        unmap_block(found, found->mapped);
    }
}

Block Block::allocate(size_t bytes) noexcept {
    Block block;
    if (bytes >= kMapThreshold || protect.load(std::memory_order_relaxed)) {
        block.data_ = take_spare(bytes, &block.mapped_);
        if (block.data_ == nullptr) {
            block.data_ = map_block(bytes, &block.mapped_);
        }
    } else {
        block.data_ = std::malloc(bytes);
    }
    block.size_ = block.data_ == nullptr ? 0 : bytes;
    return block;
}

void Block::seal() noexcept {
    if (protect.load(std::memory_order_relaxed) && mapped_ != 0) {
        make_block_read_only(data_, mapped_);
        read_only_ = true;
    }
}

void Block::release() noexcept {
    // A read-only one would fault under its next writer.
    if (mapped_ != 0 && !read_only_ && mapped_ <= kLargestSpare) {
        keep_as_spare(data_, mapped_);
    } else if (mapped_ != 0) {
        unmap_block(data_, mapped_);
    } else {
        std::free(data_);
    }
}

}  // namespace bgworkers
