// Who somebody is, in one word that is written and compared whole: a process, and the row that is its.
//
//   63       the row is being made for a child that its parent is forking
//   62..41   the process's number (Linux allows 4,194,304 at most); while forking, that of the parent
//   40..10   when it started, in ticks of 10 ms since the system did; 0: not known. While forking: until when the
//            row counts as living
//    9..0    its row
//
// 0 is nobody. Every value of the 64 bits is a valid ProcessId, so a spoilt one does no harm: it names nobody living.
#pragma once

#include <cstdint>

namespace bgworkers {

struct ProcessId {
    static constexpr int kRowBits = 10, kStartBits = 31, kProcessBits = 22;
    static constexpr uint64_t kStartMask = (uint64_t{1} << kStartBits) - 1;

    uint64_t word = 0;

    static ProcessId of(uint32_t process, uint64_t start, uint32_t row) noexcept {
        return {(static_cast<uint64_t>(process) & kProcessMask) << (kRowBits + kStartBits) |
                (start & kStartMask) << kRowBits | (row & kRowMask)};
    }
    static ProcessId forking(uint32_t parent, uint64_t until, uint32_t row) noexcept {
        return {of(parent, until, row).word | kForking};
    }

    bool nobody() const noexcept { return word == 0; }
    bool is_forking() const noexcept { return (word & kForking) != 0; }
    uint32_t process() const noexcept { return word >> (kRowBits + kStartBits) & kProcessMask; }
    uint64_t start() const noexcept { return word >> kRowBits & kStartMask; }
    uint32_t row() const noexcept { return word & kRowMask; }

    bool operator==(const ProcessId& other) const noexcept { return word == other.word; }

private:
    static constexpr uint64_t kForking = uint64_t{1} << 63;
    static constexpr uint64_t kRowMask = (uint64_t{1} << kRowBits) - 1;
    static constexpr uint64_t kProcessMask = (uint64_t{1} << kProcessBits) - 1;
};

}  // namespace bgworkers
