// A set of signals by their numbers: a value. Sixty-four are what Linux has on all but MIPS.
#pragma once

#include <cstdint>

namespace bgworkers {

// Signals have the numbers 1 to kMaxSignal.
constexpr int kMaxSignal = 64;

class SignalSet {
public:
    constexpr SignalSet() = default;
    constexpr explicit SignalSet(uint64_t bits) : bits_(bits) {}
    constexpr uint64_t bits() const { return bits_; }
    constexpr bool has(int signal) const { return (bits_ >> (signal - 1) & 1) != 0; }
    constexpr void put(int signal, bool in) {
        const uint64_t bit = uint64_t{1} << (signal - 1);
        bits_ = in ? bits_ | bit : bits_ & ~bit;
    }
    constexpr bool empty() const { return bits_ == 0; }

private:
    uint64_t bits_ = 0;
};

}  // namespace bgworkers
