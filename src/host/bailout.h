// What has to be undone where PHP ends a request in the middle of a call: at the memory limit or a fatal error it goes
// straight to the request's end, past destructors and everything else that this thread was about to do.
//
// Any thread that runs PHP. May bail out itself, after the undoing.
#pragma once

#include "host/php.h"

namespace bgworkers {

// Returns what call() does. If that bails out, undo() runs first, which must not call into the engine: nobody else
// closes a descriptor that has no stream yet.
template <typename Call, typename Undo>
auto call_or_undo(Call call, Undo undo) -> decltype(call()) {
    decltype(call()) result{};
    volatile bool bailed_out = false;
    zend_try { result = call(); }
    zend_catch { bailed_out = true; }
    zend_end_try();
    if (bailed_out) {
        undo();
        zend_bailout();
    }
    return result;
}

}  // namespace bgworkers
