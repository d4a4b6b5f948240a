// What messages about somebody's words need: the words themselves, and how far a name that nobody knows is from one
// that may have been meant. Pure functions, any thread; they throw std::bad_alloc at the most.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bgworkers {

// ASCII alone, whatever the locale.
constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

inline std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

// How many letters have to be changed, added, taken away or swapped with their neighbour to make one of the other. Case
// does not count. Takes time by the product of their lengths.
size_t letters_apart(std::string_view a, std::string_view b);

// Finds the name that was probably meant: the nearest of those that are offered, the first of several that are as near.
// It is at most two letters away, and at most a third of its own letters, since "x" is not meant to be "num". Names
// that differ much in length cost nothing, so a list of a thousand is looked through in a millisecond.
class NearestName {
public:
    // `wrong` and the names that are offered have to stay.
    explicit NearestName(std::string_view wrong) noexcept : wrong_(wrong) {}

    void offer(std::string_view name);
    bool found() const noexcept { return !name_.empty(); }
    std::string_view name() const noexcept { return name_; }

private:
    const std::string_view wrong_;
    std::string_view name_;
    size_t least_ = 3;
};

}  // namespace bgworkers
