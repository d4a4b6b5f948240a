#include "core/publish/snapshot.h"

#include <new>

namespace bgworkers {

namespace {
std::atomic<uint64_t> live{0};
}

uint64_t Snapshot::live_count() noexcept { return live.load(std::memory_order_relaxed); }

Snapshot* Snapshot::of(Block block, uint64_t version) noexcept {
    Snapshot* snapshot = new (std::nothrow) Snapshot;
    if (snapshot != nullptr) {
        snapshot->version_ = version;
        snapshot->data_ = block.data();
        snapshot->size_ = block.size();
        snapshot->block_ = std::move(block);
        live.fetch_add(1, std::memory_order_relaxed);
    }
    return snapshot;
}

Snapshot* Snapshot::lent(std::shared_ptr<Lender> lender, uint32_t loan, const void* data, size_t size,
                         uint64_t version) noexcept {
    Snapshot* snapshot = of(Block(), version);
    if (snapshot != nullptr) {
        snapshot->data_ = data;
        snapshot->size_ = size;
        snapshot->lender_ = std::move(lender);
        snapshot->loan_ = loan;
    }
    return snapshot;
}

Snapshot::~Snapshot() {
    if (replaced_bytes_) {
        replaced_bytes_->fetch_sub(size(), std::memory_order_relaxed);
    }
    // From here on its pages may serve another block.
    if (lender_) {
        lender_->take_back(loan_);
    }
    live.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace bgworkers
