// Functions that would harm the host, or crash without a request, when a worker calls them.
//
// Their handlers are replaced once, for the process; on every thread but ours the replacement calls the
// original. In a worker a function is either refused (an Error that says why), answers as it does without a
// request, is one of ours, or starts children: those get the host's signal mask, so that they can be signalled, and the
// worker's environment.
//
// Threads: install() before other threads run PHP; the rest is constant.
#pragma once

#include "host/php.h"

namespace bgworkers {
namespace guarded_functions {

// With all functions registered and before their table is copied for other threads (zend_post_startup_cb).
void install() noexcept;

// What PHP itself registered under this name, whatever the host has put there since. One of its "standard" extension.
zif_handler engine_function(const char* name) noexcept;

}  // namespace guarded_functions
}  // namespace bgworkers
