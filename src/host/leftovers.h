// What PHP keeps in a thread from one request to the next, and a run must not inherit from the run before it.
//
// Most of a run goes at its end, since it is a request of PHP's: variables, classes, settings, handlers, buffers,
// streams. Threads that serve requests keep the rest on purpose, as a cache. For a worker it is stale data:
//
// - The realpath cache. A run that was started by a deploy would find the old release behind the link.
// - Persistent connections and streams (EG(persistent_list)). One of a run that was killed may have a transaction open.
// - Error states of extensions that PHP does not reset (posix, sockets, openssl), and settings (snmp).
// - Marks of a stream function that was left by a bailout.
//
// The worker's own thread, between the requests. Neither function bails out. Extensions that are not listed here are
// read to keep nothing in a thread that a script could notice; see docs/lifecycle.md.
#pragma once

namespace bgworkers {
namespace leftovers {

// Before PHP's request start-up.
void forget_last_run() noexcept;

// After PHP's request shutdown: closes persistent connections and streams, the newest first. Connections are closed
// properly, so this may block as long as that takes; a force-kill interrupts it as it does a run.
void close_persistent_resources() noexcept;

}  // namespace leftovers
}  // namespace bgworkers
