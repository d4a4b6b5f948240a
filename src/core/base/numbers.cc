#include "core/base/numbers.h"

#include <charconv>
#include <limits>
#include <system_error>

namespace bgworkers {

namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// "" counts as one byte.
std::optional<int64_t> bytes_of_unit(std::string_view unit) noexcept {
    if (unit.empty()) {
        return 1;
    }
    if (unit == "K" || unit == "k") {
        return int64_t{1} << 10;
    }
    if (unit == "M" || unit == "m") {
        return int64_t{1} << 20;
    }
    if (unit == "G" || unit == "g") {
        return int64_t{1} << 30;
    }
    return std::nullopt;
}

}  // namespace

std::optional<int64_t> parse_integer(std::string_view text, int64_t least, int64_t most) noexcept {
    int64_t number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc() && stop == text.data() + text.size();
    return whole && number >= least && number <= most ? std::optional(number) : std::nullopt;
}

// As a fraction of two whole numbers that a double holds exactly, so the result is the nearest double. The standard's
// from_chars() for double is not everywhere yet, and strtod() follows the locale.
std::optional<double> parse_seconds(std::string_view text) noexcept {
    constexpr int64_t kNanoseconds = 1'000'000'000;
    int64_t numerator = 0;
    int64_t denominator = 1;
    bool any_digit = false;
    bool after_point = false;
    for (const char c : text) {
        if (c == '.' && !after_point) {
            after_point = true;
            continue;
        }
        if (!is_digit(c)) {
            return std::nullopt;
        }
        any_digit = true;
        // Finer digits are read, for they have to be digits, and change nothing.
        if (after_point && denominator == kNanoseconds) {
            continue;
        }
        numerator = numerator * 10 + (c - '0');
        if (after_point) {
            denominator *= 10;
        }
        // With each digit, so that the numerator never runs over.
        if (numerator / denominator > static_cast<int64_t>(kLongestSeconds)) {
            return std::nullopt;
        }
    }
    const double seconds = static_cast<double>(numerator) / static_cast<double>(denominator);
    return any_digit && seconds <= kLongestSeconds ? std::optional(seconds) : std::nullopt;
}

std::optional<int64_t> parse_size(std::string_view text) noexcept {
    size_t digits = 0;
    while (digits < text.size() && is_digit(text[digits])) {
        ++digits;
    }
    const std::optional<int64_t> unit = bytes_of_unit(text.substr(digits));
    if (!unit) {
        return std::nullopt;
    }
    // Divided first, for the product could run over.
    const int64_t most = std::numeric_limits<int64_t>::max() / *unit;
    const std::optional<int64_t> number = parse_integer(text.substr(0, digits), 0, most);
    return number ? std::optional(*number * *unit) : std::nullopt;
}

}  // namespace bgworkers
