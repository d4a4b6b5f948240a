// How far a name that nobody knows is from one that somebody may have meant. Pure functions, any thread; they throw
// std::bad_alloc at the most.
#pragma once

#include <cstddef>
#include <string_view>

namespace bgworkers {

// ASCII alone, whatever the locale.
constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// How many letters have to be changed, added, taken away or swapped with their neighbour to make one of the other. Case
// does not count. Takes time by the product of their lengths.
size_t letters_apart(std::string_view a, std::string_view b);

}  // namespace bgworkers
