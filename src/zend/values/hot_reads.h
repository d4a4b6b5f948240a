// The names that this thread has read last, found by the identity of their strings: what a read looks at first.
//
// A hit is right because
//   - a name gets in here only after the scope of the present request was looked up and the entry was read in it, and
//     that scope stays the request's;
//   - only interned strings get in. They live until the request is over at least: those of the engine, of OPcache and
//     of compiled code do, and so do those in a snapshot, since what was handed out stays pinned that long. So no
//     other string can come to lie at the same address before all places are emptied, which is done where a request
//     that has read is over, or where the next one begins if its end was skipped;
//   - entries live as long as their thread keeps its caches; those empty the places before they go;
//   - a place says nothing about the version: that is compared each time, as in read_cache::newest().
//
// Threads: each has its own. Fork: the child's one thread keeps its own. A bailout leaves places filled; the next
// request empties them first. Two names with one place take turns: then a read finds its entry by the name's hash.
#pragma once

#include "zend/values/read_cache.h"

namespace bgworkers {
namespace hot_reads {

constexpr size_t kPlaces = 4;

struct Place {
    const zend_string* name;
    const CacheEntry* entry;
};

extern constinit thread_local Place places[kPlaces];

inline Place& place_of(const zend_string* name) {
    return places[reinterpret_cast<uintptr_t>(name) / 32 % kPlaces];  // strings of a script lie 32 bytes apart or so
}

// The newest array of the worker of this name, nullptr if that takes a closer look.
inline const zval* find(const zend_string* name) {
    const Place& place = place_of(name);
    return EXPECTED(place.name == name) ? read_cache::newest(place.entry) : nullptr;
}

// After a read of this entry in the present request.
inline void note(const zend_string* name, const CacheEntry* entry) {
    if (ZSTR_IS_INTERNED(name)) {
        place_of(name) = {name, entry};
    }
}

// Where a request that has read is over, where the thread's caches go.
inline void forget() {
    for (Place& place : places) {
        place = {};
    }
}

}  // namespace hot_reads
}  // namespace bgworkers
