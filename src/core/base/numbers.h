// Numbers as people write them into php.ini and into a workers file: read as a whole, or refused.
//
// Each setting is read once, into the type in which it is kept, and its range is checked there: no number is cut to
// another range, or read only up to the first character that does not belong to it. The locale does not matter.
//
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace bgworkers {

// The longest span of seconds that a setting may have: some bound, so that no sum of milliseconds can overflow.
constexpr double kLongestSeconds = 1e6;

// Decimal digits with an optional "-" in front of them.
std::optional<int64_t> parse_integer(std::string_view text, int64_t least, int64_t most) noexcept;

// Decimal digits with an optional point among them: "5", "0.25". From 0 to kLongestSeconds; what is finer than a
// nanosecond is left out.
std::optional<double> parse_seconds(std::string_view text) noexcept;

// Bytes as PHP writes them: decimal digits, then K, M or G in either case, or nothing.
std::optional<int64_t> parse_size(std::string_view text) noexcept;

}  // namespace bgworkers
