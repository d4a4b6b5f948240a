// Publishing: from a PHP array to a block, or to the reason why not.
//
// One pass measures and validates, one allocation, one pass copies. What occurs more than once (sub-arrays and strings
// with the same address) is stored once, and no walk visits it twice, so neither size nor time can explode.
//
// A block is the same wherever it lies (array_layout.h): in memory of this process, or in place in memory that
// processes share. It has to stay at the address at which it is written.
//
// Nothing in here calls into the engine: no PHP runs, nothing is allocated from the request's memory, nothing can
// bail out; so C++ containers are safe. The caller's thread; no locks.
#pragma once

#include <functional>

#include "core/base/status.h"
#include "core/publish/block.h"
#include "host/php.h"

namespace bgworkers {

struct Written {
    Block block;                    // sealed; empty if refused
    bool has_references = false;    // the array may change without being written to
};

// What is written, in the words of messages, and how large it may be.
struct WriteTerms {
    const char* variable;    // "$vars"
    const char* verb;        // "publish"
    const char* noun;        // "a snapshot"
    const char* limit_name;  // "bgworkers.max_snapshot_size"
    size_t limit;            // bytes, 0 = none
    // Bytes: in a block from that size on strings have their hash. Without, a block can only be read by copying it:
    // what is handed out in place is never written to, also not by an engine that wants a hash.
    size_t hashes_from = 0;
};

// Memory for so many bytes, aligned to 8, or the reason why not; nullptr: there is none. Called once, when the array is
// known to be fine; what it gives is written completely then.
using TakeMemory = std::function<Result<void*>(size_t bytes)>;

Status write_snapshot(const zend_array* vars, const WriteTerms& terms, const TakeMemory& take, bool* has_references);
// Into a block of this process's own.
Status write_snapshot(const zend_array* vars, const WriteTerms& terms, Written* written);

}  // namespace bgworkers
