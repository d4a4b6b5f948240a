// One command of a worker, run by the shell with one pipe to it: popen(3), but with the worker's environment, /dev/null
// as input and the worker's log as output where the pipe is not (host/child_output.h). POSIX: shell_child_posix.cc, by
// posix_spawn() with the host's signal mask; Windows: shell_child_windows.cc, by the engine's proc_open().
//
// The worker's own thread. Calls into the engine and may bail out; nothing is held then but the stream, which is the
// request's. Descriptors of the child are never open in this process without close-on-exec, so that a child of another
// thread does not get them and keep a pipe open.
#pragma once

#include "host/php.h"

extern "C" {
#include "php_streams.h"
}

namespace bgworkers {
namespace shell_child {

// The stream waits for the child when it is closed, however that comes about; closing it returns the exit status, or
// what waitpid(2) says of a child that was killed. nullptr: a warning or an exception says why.
php_stream* start(zend_string* command, bool write);

// With all functions registered, before other threads run PHP.
void install() noexcept;

}  // namespace shell_child
}  // namespace bgworkers
