#include "core/base/utf8.h"

namespace bgworkers {

size_t utf8_length(std::string_view text) noexcept {
    const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto follows = [&](size_t count) {
        for (size_t i = 1; i <= count; ++i) {
            if (i >= text.size() || (byte(i) & 0xC0) != 0x80) {
                return false;
            }
        }
        return true;
    };
    const unsigned char first = byte(0);
    if (first < 0x80) {
        return 1;
    }
    // 0xC0 and 0xC1 could only begin a longer form of ASCII.
    if (first >= 0xC2 && first <= 0xDF) {
        return follows(1) ? 2 : 0;
    }
    if (first >= 0xE0 && first <= 0xEF && follows(2)) {
        const bool shortest = first != 0xE0 || byte(1) >= 0xA0;
        const bool no_surrogate = first != 0xED || byte(1) < 0xA0;
        return shortest && no_surrogate ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4 && follows(3)) {
        const bool shortest = first != 0xF0 || byte(1) >= 0x90;
        // Unicode ends at U+10FFFF.
        const bool in_range = first != 0xF4 || byte(1) < 0x90;
        return shortest && in_range ? 4 : 0;
    }
    return 0;
}

}  // namespace bgworkers
