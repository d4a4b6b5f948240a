#include "core/snapshot.h"

#include <cstdlib>
#include <new>

#include "core/block_memory.h"

namespace bgworkers {

namespace {
std::atomic<bool> protect{false};
std::atomic<uint64_t> live{0};

// The mapped block that was freed last, kept for the next snapshot of about its size: who publishes large ones again
// and again would pay the kernel as much for mapping, clearing and unmapping them as for all else.
struct Spare {
    size_t mapped;
};
constexpr size_t kLargestSpare = 8 << 20;
std::atomic<Spare*> spare{nullptr};

void* take_spare(size_t bytes, size_t* mapped) noexcept {
    Spare* found = spare.exchange(nullptr, std::memory_order_acquire);
    if (found == nullptr) {
        return nullptr;
    }
    const size_t room = found->mapped;
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

void Snapshot::protect_sealed_blocks(bool on) noexcept { protect.store(on, std::memory_order_relaxed); }

void Snapshot::drop_spare() noexcept {
    if (Spare* found = spare.exchange(nullptr, std::memory_order_acquire)) {
        unmap_block(found, found->mapped);
    }
}

uint64_t Snapshot::live_count() noexcept { return live.load(std::memory_order_relaxed); }

Snapshot* Snapshot::allocate(size_t bytes) noexcept {
    Snapshot* snapshot = new (std::nothrow) Snapshot;
    if (snapshot == nullptr) {
        return nullptr;
    }
    if (bytes >= kMapThreshold || protect.load(std::memory_order_relaxed)) {
        snapshot->data_ = take_spare(bytes, &snapshot->mapped_);
        if (snapshot->data_ == nullptr) {
            snapshot->data_ = map_block(bytes, &snapshot->mapped_);
        }
    } else {
        snapshot->data_ = std::malloc(bytes);
    }
    if (snapshot->data_ == nullptr) {
        delete snapshot;
        return nullptr;
    }
    snapshot->size_ = bytes;
    live.fetch_add(1, std::memory_order_relaxed);
    return snapshot;
}

void Snapshot::seal() noexcept {
    if (protect.load(std::memory_order_relaxed) && mapped_ != 0) {
        make_block_read_only(data_, mapped_);
        read_only_ = true;
    }
}

void Snapshot::destroy() noexcept {
    if (mapped_ != 0 && !read_only_ && mapped_ <= kLargestSpare) {
        keep_as_spare(data_, mapped_);
    } else if (mapped_ != 0) {
        unmap_block(data_, mapped_);
    } else {
        std::free(data_);
    }
    live.fetch_sub(1, std::memory_order_relaxed);
    delete this;
}

}  // namespace bgworkers
