#include "core/publish/snapshot.h"

#include <new>

namespace bgworkers {

namespace {
std::atomic<uint64_t> live{0};
}

uint64_t Snapshot::live_count() noexcept { return live.load(std::memory_order_relaxed); }

Snapshot* Snapshot::of(Block block) noexcept {
    Snapshot* snapshot = new (std::nothrow) Snapshot(std::move(block));
    if (snapshot != nullptr) {
        live.fetch_add(1, std::memory_order_relaxed);
    }
    return snapshot;
}

Snapshot::~Snapshot() {
    if (replaced_bytes_) {
        replaced_bytes_->fetch_sub(size(), std::memory_order_relaxed);
    }
    live.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace bgworkers
