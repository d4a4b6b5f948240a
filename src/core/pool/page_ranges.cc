#include "core/pool/page_ranges.h"

#include <algorithm>

namespace bgworkers {

namespace {
bool before(const PageRanges::Range& range, uint64_t page) { return range.page < page; }
}  // namespace

uint64_t PageRanges::take(uint64_t pages, uint32_t block) noexcept {
    uint64_t best = 0, room = UINT64_MAX;
    for_each_gap([&](uint64_t page, uint64_t gap) {
        if (gap >= pages && gap < room) {
            best = page;
            room = gap;
        }
    });
    // 0 is no block's page: a slice begins with its head.
    return room != UINT64_MAX && take_at(best, pages, block) ? best : 0;
}

bool PageRanges::take_at(uint64_t page, uint64_t pages, uint32_t block) noexcept {
    // What lies outside goes first: no sum below can run over then. And more ranges than were reserved would need
    // memory, which a leader that takes over may not have.
    if (page < first_ || pages == 0 || page >= end_ || pages > end_ - page || ranges_.size() >= most_) {
        return false;
    }
    const auto next = std::lower_bound(ranges_.begin(), ranges_.end(), page, before);
    if ((next != ranges_.end() && next->page < page + pages) ||
        (next != ranges_.begin() && (next - 1)->page + (next - 1)->pages > page)) {
        return false;
    }
    ranges_.insert(next, {page, pages, block});
    used_ += pages;
    return true;
}

void PageRanges::give_back(uint64_t page) noexcept {
    const auto found = std::lower_bound(ranges_.begin(), ranges_.end(), page, before);
    if (found != ranges_.end() && found->page == page) {
        used_ -= found->pages;
        ranges_.erase(found);
    }
}

uint64_t PageRanges::largest_gap() const noexcept {
    uint64_t largest = 0;
    for_each_gap([&](uint64_t, uint64_t gap) { largest = std::max(largest, gap); });
    return largest;
}

}  // namespace bgworkers
