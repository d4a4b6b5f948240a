// A map from a pair of addresses to a word, for walks that must visit what is shared only once.
//
// Open addressing, at first in cells of its own, so that a walk over little needs no memory, then in one block from
// malloc; allocation failure is a return value, never an exception or an exit.
// One thread, plain data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace bgworkers {

class PointerMap {
public:
    PointerMap() = default;
    ~PointerMap() {
        if (cells_ != own_) {
            std::free(cells_);
        }
    }
    PointerMap(const PointerMap&) = delete;
    PointerMap& operator=(const PointerMap&) = delete;

    // The word kept for the pair; made as 0 if there is none (*made tells). nullptr if out of memory. Valid until
    // the next call.
    uintptr_t* find_or_make(const void* first, const void* second, bool* made) noexcept {
        if ((used_ + 1) * 2 > capacity_ && !grow()) {
            return nullptr;
        }
        Cell* cell = probe(first, second);
        *made = cell->first == nullptr;
        if (*made) {
            cell->first = first;
            cell->second = second;
            ++used_;
        }
        return &cell->word;
    }

    // The word, or nullptr if the pair is not there.
    uintptr_t* find(const void* first, const void* second = nullptr) noexcept {
        if (used_ == 0) {
            return nullptr;
        }
        Cell* cell = probe(first, second);
        return cell->first == nullptr ? nullptr : &cell->word;
    }

private:
    struct Cell {
        const void* first;  // nullptr = free
        const void* second;
        uintptr_t word;
    };

    Cell* probe(const void* first, const void* second) noexcept {
        const size_t mask = capacity_ - 1;
        size_t at = hash(first, second) & mask;
        while (cells_[at].first != nullptr && (cells_[at].first != first || cells_[at].second != second)) {
            at = (at + 1) & mask;
        }
        return &cells_[at];
    }

    // Addresses are multiples of 8: the multiplication spreads the bits that differ, the shift brings them down.
    static size_t hash(const void* first, const void* second) noexcept {
        const uint64_t mixed =
            (reinterpret_cast<uintptr_t>(first) ^ (reinterpret_cast<uintptr_t>(second) * 31)) * 0x9E3779B97F4A7C15u;
        return static_cast<size_t>(mixed >> 32);
    }

    bool grow() noexcept {
        const size_t bigger = capacity_ == kOwn ? 64 : capacity_ * 2;
        Cell* fresh = static_cast<Cell*>(std::calloc(bigger, sizeof(Cell)));
        if (fresh == nullptr) {
            return false;
        }
        Cell* old = cells_;
        const size_t old_capacity = capacity_;
        cells_ = fresh;
        capacity_ = bigger;
        for (size_t i = 0; i < old_capacity; ++i) {
            if (old[i].first != nullptr) {
                *probe(old[i].first, old[i].second) = old[i];
            }
        }
        if (old != own_) {
            std::free(old);
        }
        return true;
    }

    static constexpr size_t kOwn = 16;

    Cell own_[kOwn] = {};
    Cell* cells_ = own_;
    size_t capacity_ = kOwn;
    size_t used_ = 0;
};

}  // namespace bgworkers
