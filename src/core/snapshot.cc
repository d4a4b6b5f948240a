#include "core/snapshot.h"

#include <cstdlib>
#include <new>

#include "core/block_memory.h"

namespace bgworkers {

namespace {
std::atomic<bool> protect{false};
std::atomic<uint64_t> live{0};
}  // namespace

void Snapshot::protect_sealed_blocks(bool on) noexcept { protect.store(on, std::memory_order_relaxed); }

uint64_t Snapshot::live_count() noexcept { return live.load(std::memory_order_relaxed); }

Snapshot* Snapshot::allocate(size_t bytes) noexcept {
    Snapshot* snapshot = new (std::nothrow) Snapshot;
    if (snapshot == nullptr) {
        return nullptr;
    }
    if (bytes >= kMapThreshold || protect.load(std::memory_order_relaxed)) {
        snapshot->data_ = map_block(bytes, &snapshot->mapped_);
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
    }
}

void Snapshot::destroy() noexcept {
    if (mapped_ != 0) {
        unmap_block(data_, mapped_);
    } else {
        std::free(data_);
    }
    live.fetch_sub(1, std::memory_order_relaxed);
    delete this;
}

}  // namespace bgworkers
