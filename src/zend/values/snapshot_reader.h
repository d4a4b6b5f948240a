// From a block that is held to the array that a reader gets.
//
//   no enums         the snapshot's own array, as it is
//   enums            the arrays on the way to an enum are rebuilt in request memory, everything else is shared
//   private copy     all of it in request memory: for readers whose request never ends
//
// Two steps. The first finds the enum cases: it may autoload, call error handlers, throw, suspend the fiber, and so
// call get_vars() and set_vars() again. The second copies and runs no PHP; what it has to do is decided when the first
// is done. Both may bail out. The caller holds the block by a pin in the thread's read cache, not on its stack, and
// counts the read there, so that a bailout in here leaves nothing behind.
#pragma once

#include "host/php.h"
#include "zend/values/array_layout.h"

namespace bgworkers {

// A snapshot's enum cases, counted, in request memory.
struct Cases {
    zval* first;  // nullptr if there are none
    uint32_t count;
};

// False: an exception is set, and there is nothing to release.
bool find_cases(const SnapshotHead* snapshot, Cases* cases);
void release_cases(const Cases& cases);

// True: *result is refcounted and belongs to the caller. A private copy has nothing of the snapshot's memory in it.
bool build_array(const SnapshotHead* snapshot, const Cases& cases, bool private_copy, zval* result);

}  // namespace bgworkers
