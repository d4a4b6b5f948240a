// Turns a Status into the PHP exception that its kind stands for.
//
// A frame that throws PHP exceptions must not own a std::string, since making the exception calls into the engine and
// may bail out. So the message moves into the thread's own memory first (hold), and is thrown from there.
#pragma once

#include "core/status.h"
#include "host/php.h"

namespace bgworkers {

extern zend_class_entry* timeout_exception_ce;
extern zend_class_entry* worker_exception_ce;

// Keeps the message in the thread's globals; returns the kind, ErrorKind::none for success.
ErrorKind hold(const Status& status) noexcept;
// Throws what was held.
void throw_held(ErrorKind kind);

}  // namespace bgworkers
