// The first pass of a publication: may the array be published, and how much memory will it take?
//
// The caller's thread; no locks. Nothing in here calls into the engine, so C++ containers are safe.
#pragma once

#include "core/base/pointer_map.h"
#include "zend/values/snapshot_writer.h"

namespace bgworkers {

struct Measured {
    size_t bytes = 0;
    uint32_t enum_count = 0;
    bool has_references = false;  // the array may change without being written to
    bool has_short_strings = false;
};

// Notes in the memo what occurs more than once (source_walk.h). An error: it cannot be published, and why; no bytes are
// to be taken.
Status measure_snapshot(const zend_array* vars, const WriteTerms& terms, PointerMap& memo, Measured* measured);

Status no_memory_for(const WriteTerms& terms, size_t bytes);

}  // namespace bgworkers
