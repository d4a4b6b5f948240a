// Which pages of a slice serve which block: the leader's private account, which dies with it.
//
// Plain data: the ranges in use, sorted by page. A new one goes into the smallest gap that holds it, the first of equal
// ones, so blocks of a size come back to the same pages. Takes memory in its constructor alone. One thread at a time.
#pragma once

#include <cstdint>
#include <vector>

namespace bgworkers {

class PageRanges {
public:
    struct Range {
        uint64_t page;
        uint64_t pages;
        uint32_t block;
    };

    // Pages [first, end) are to be had, for `most` ranges at a time. May throw bad_alloc.
    PageRanges(uint64_t first, uint64_t end, uint32_t most) : first_(first), end_(end), most_(most) {
        ranges_.reserve(most);
    }

    // The first page, or 0: no gap is large enough, or all ranges are in use. pages: 1 or more.
    uint64_t take(uint64_t pages, uint32_t block) noexcept;
    // For a block that is there already. False if another one is, or it lies outside.
    bool take_at(uint64_t page, uint64_t pages, uint32_t block) noexcept;
    void give_back(uint64_t page) noexcept;

    const std::vector<Range>& in_use() const noexcept { return ranges_; }
    uint64_t used_pages() const noexcept { return used_; }
    uint64_t largest_gap() const noexcept;

    // each(page, pages) for every gap, in order.
    template <typename Each>
    void for_each_gap(Each each) const {
        uint64_t at = first_;
        for (const Range& range : ranges_) {
            if (range.page > at) {
                each(at, range.page - at);
            }
            at = range.page + range.pages;
        }
        if (end_ > at) {
            each(at, end_ - at);
        }
    }

private:
    const uint64_t first_;
    const uint64_t end_;
    const uint32_t most_;
    uint64_t used_ = 0;
    std::vector<Range> ranges_;
};

}  // namespace bgworkers
