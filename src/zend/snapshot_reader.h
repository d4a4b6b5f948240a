// From a pinned snapshot to the array that a reader gets.
//
//   no enums         the snapshot's own array, as it is
//   enums            the arrays on the way to an enum are rebuilt in request memory, everything else is shared
//   private copy     all of it in request memory: for readers whose request never ends
//
// Enum cases are resolved first: that may autoload, throw, and call get_vars() or set_vars() again. The
// copying that follows runs no PHP. The caller holds the pin in the thread's read cache, not on its stack, so a bailout
// in here leaves nothing behind.
#pragma once

#include "core/snapshot.h"
#include "host/php.h"

namespace bgworkers {

// False: an exception is set, *result is untouched. *in_request_memory: *result is refcounted and belongs to the caller.
bool read_snapshot(const Snapshot* snapshot, bool private_copy, zval* result, bool* in_request_memory);

}  // namespace bgworkers
