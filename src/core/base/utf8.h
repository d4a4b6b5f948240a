// Which bytes are UTF-8? Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace bgworkers {

// How many bytes the first character of the text has; 0 if no character begins there. The text is not empty.
size_t utf8_length(std::string_view text) noexcept;

}  // namespace bgworkers
