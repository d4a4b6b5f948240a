// Which scope of the region is whose: by a key, a number that stands for everything that tells scopes apart.
//
// A process joins a scope before it touches anything in the scope's slice. A scope stays as long as it is needed: when
// all rows of the table are taken, one that no living process is in is emptied and given away. Until then it keeps its
// last snapshots, though all of its processes may have ended.
//
// Whoever joins holds `busy` for some microseconds. One who dies there is succeeded; one who is stopped there makes
// others wait for busy_patience(), and then do without.
//
// Threads: any, one at a time in a process. Blocks for at most busy_patience(). Death: layout.h.
#pragma once

#include <string>
#include <string_view>

#include "core/pool/region.h"

namespace bgworkers {

// Never 0. Two texts with the same key share a scope, which 64 bits make a matter of theory: nobody gains anything by
// it, for the processes of a user trust each other.
uint64_t scope_key(std::string_view text) noexcept;

enum class JoinResult { joined, none_left, busy, no_row };

// Without a row a process can join nothing; it may read what find_scope() finds, by pin_briefly().
JoinResult join_scope(Region& region, uint64_t key, uint32_t* scope) noexcept;
bool find_scope(const Region& region, uint64_t key, uint32_t* scope) noexcept;
enum class PlaceResult { found, none_left, busy };

// The place of a worker's name among the scope's publications; a new name takes the first of the `most` that are free.
// The process has joined the scope. Blocks as join_scope() does, for a new name. A name has 1 to 255 bytes.
PlaceResult claim_place(Region& region, uint32_t scope, std::string_view name, uint32_t most, uint32_t* place) noexcept;
// "" if the place is free, or spoilt. Throws std::bad_alloc at the most.
std::string name_of_place(const Region& region, uint32_t scope, uint32_t place);

}  // namespace bgworkers
