// How a PHP array lies in a snapshot. The writer lays it out, the reader hands it out, the checker proves it.
//
// A block leads nowhere but into itself: it holds no address of the engine, of code, or of another block. So it is good
// for any process that has it at the address for which it was written, in memory of its own or shared. An enum case is
// kept by its names, and each reader finds its own.
//
// The engine must never want to write to it, so every header is made fresh:
//   arrays    refcount 2 (a write separates), immutable + persistent, never collected; packed or hash without holes;
//             nNumUsed = nNumOfElements, internal pointer 0, no iterators; no destructor: what is never destroyed needs
//             none, and zend_array_dup() gives a copy the engine's
//   []        the same, and the hash's two empty slots: as the engine's, which is outside
//   strings   interned + persistent but not "permanent" (PCRE would keep a pointer), NUL-terminated, hash computed
//             (but for values in a block that is only copied)
//   values    null, bool, int, float, string, array: their type words carry no refcounted bit; null and bool: a word of
//             zeros
//   [] and each string of 0 or 1 byte lie in a block once
//
// A value that is an enum case is kept as IS_PTR to one of the snapshot's EnumNames; arrays on the way to one are
// marked with holds_enum() and are never handed out as they are.
#pragma once

#include "core/publish/snapshot.h"
#include "host/php.h"

namespace bgworkers {

constexpr uint32_t kMaxDepth = 512;  // the outermost array is level 1

constexpr uint32_t kArrayGc = GC_ARRAY | ((IS_ARRAY_IMMUTABLE | GC_PERSISTENT | GC_NOT_COLLECTABLE) << GC_FLAGS_SHIFT);
constexpr uint32_t kStringGc = GC_STRING | ((IS_STR_INTERNED | GC_PERSISTENT) << GC_FLAGS_SHIFT);

struct EnumName {
    zend_string* class_name;
    zend_string* case_name;
    uint32_t index;  // its place in SnapshotHead::enums
};

// What a snapshot's data begins with.
struct SnapshotHead {
    zend_array* array;  // the outermost one
    EnumName** enums;  // each case that occurs, once
    uint32_t enum_count;
    uint32_t repeats;  // 1: a string or an array stands in several places; who copies remembers what is copied already
};

inline const SnapshotHead* head_of(const Snapshot* snapshot) {
    return static_cast<const SnapshotHead*>(snapshot->data());
}

// A spare byte of the header: arrays that carry it never reach the engine.
inline bool holds_enum(const zend_array* array) { return array->u.v._unused2 != 0; }
inline void mark_holds_enum(zend_array* array) { array->u.v._unused2 = 1; }

// Strings that a block has once: a number for each, -1 for all others.
constexpr int kShortStrings = 257;
inline int short_string(const zend_string* string) {
    switch (ZSTR_LEN(string)) {
        case 0: return 256;
        case 1: return static_cast<unsigned char>(ZSTR_VAL(string)[0]);
        default: return -1;
    }
}

inline size_t aligned(size_t bytes) { return (bytes + 7) & ~static_cast<size_t>(7); }

inline size_t string_bytes(const zend_string* string) { return aligned(_ZSTR_HEADER_SIZE + ZSTR_LEN(string) + 1); }

// Slots of the hash part's table: the power of two that the engine would choose.
inline uint32_t table_size(uint32_t elements) {
    uint32_t size = HT_MIN_SIZE;
    while (size < elements) {
        size *= 2;
    }
    return size;
}

// Element storage is cut to what is used: the engine copies nNumUsed elements, and never appends here. [] has slots for
// a hash of the smallest size, which is not packed.
inline size_t array_bytes(uint32_t elements, bool packed) {
    const size_t data = packed || elements == 0
                            ? 2 * sizeof(uint32_t) + elements * sizeof(zval)
                            : 2 * sizeof(uint32_t) * table_size(elements) + elements * sizeof(Bucket);
    return sizeof(zend_array) + data;
}

// May a list of the source stay packed? Only without holes.
inline bool stays_packed(const zend_array* source) {
    return HT_IS_PACKED(source) && source->nNumUsed == source->nNumOfElements;
}

#if ZEND_DEBUG || defined(BGWORKERS_CHECK_LAYOUT)
// Walks a finished snapshot and aborts on the first deviation from the above. hashes: see WriteTerms.
void check_layout(const void* block, size_t size, bool hashes = true);
#endif

}  // namespace bgworkers
