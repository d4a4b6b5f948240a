// Turns a Status into the PHP exception that its kind stands for.
//
// A frame that throws PHP exceptions must not own a std::string, since making the exception calls into the engine and
// may bail out. So the message moves into the thread's own memory first (hold), and is thrown from there.
#pragma once

#include <new>
#include <utility>

#include "core/base/status.h"
#include "host/php.h"

namespace bgworkers {

extern zend_class_entry* timeout_exception_ce;
extern zend_class_entry* worker_exception_ce;

// Keeps the message in the thread's globals; returns the kind, ErrorKind::none for success.
ErrorKind hold(const Status& status) noexcept;
// For what calls into the core: runs it and holds the Status that it returns. Memory that runs out meanwhile is an
// error as others are, since no C++ exception may pass the engine's frames.
ErrorKind hold_out_of_memory() noexcept;
template <typename Call>
ErrorKind hold_result(Call&& call) {
    try {
        return hold(std::forward<Call>(call)());
    } catch (const std::bad_alloc&) {
        return hold_out_of_memory();
    }
}
// Throws what was held.
void throw_held(ErrorKind kind);

}  // namespace bgworkers
