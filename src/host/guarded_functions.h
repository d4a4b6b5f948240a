// Functions that would harm the host, or crash without a request, when a worker calls them.
//
// Their handlers are replaced once, for the process; on every thread but ours the replacement calls the
// original. In a worker a function is either refused (an Error that says why), answers as it does without a
// request, or runs with the host's signal mask, so that the children it starts can be signalled.
//
// Threads: install() before other threads run PHP; the rest is constant.
#pragma once

namespace bgworkers {
namespace guarded_functions {

// With all functions registered and before their table is copied for other threads (zend_post_startup_cb).
void install() noexcept;

}  // namespace guarded_functions
}  // namespace bgworkers
