// The standard streams of a worker: STDIN, STDOUT, STDERR, php://stdin, php://stdout, php://stderr.
//
// What is written to them goes to the log; STDIN is at its end. Where code asks for a descriptor (stream_select(),
// proc_open()), it gets one of the worker's own, made then: of /dev/null, or of the pipe by which what children print
// comes to the log (host/child_output.h). Never one of the host's.
//
// The worker's own thread, during a run. These call into the engine and may bail out; nothing is held.
#pragma once

#include "host/php.h"

extern "C" {
#include "php_streams.h"
}

namespace bgworkers {
namespace standard_streams {

// STDIN, STDOUT and STDERR, as the cli defines them.
void define();

// As STDOUT is; nullptr: there is no memory.
php_stream* open_output();

// Process-wide, once per module start: php://stdin, php://stdout and php://stderr mean the log in a worker.
void install_wrapper() noexcept;

}  // namespace standard_streams
}  // namespace bgworkers
