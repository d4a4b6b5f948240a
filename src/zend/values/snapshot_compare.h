// Is a PHP array equal (===) to what is published? Then publishing it would change nothing.
//
// Not the engine's own ===: that walks shared sub-arrays again and again (2^depth), and on 8.2 a self-containing array
// is fatal to it. The published side is finite and at most kMaxDepth deep, and each pair is compared once.
// Nothing in here calls into the engine's allocator or runs PHP.
#pragma once

#include "host/php.h"

namespace bgworkers {

// has_references: set if the candidate holds references, so that it may change without being written to.
// If there is no memory the answer is "different".
bool equals_snapshot(const zend_array* published, const zend_array* candidate, bool* has_references);

}  // namespace bgworkers
