// What a worker's script learns of the command line that started it.
//
// With command = 1 the script is a command that was written for the cli, and some of those look whether they run there.
// So PHP_SAPI is "cli" and PHP_BINARY the cli's program, in this worker alone. Each thread of PHP has a table of
// constants of its own, and what is compiled takes them from it, so they are replaced in the worker's. Code that comes
// from OPcache has the constants of whatever thread compiled it: therefore command and opcache exclude each other, and
// preloaded code has the host's.
//
// The worker's own thread. pretend_cli(): attached to the engine, before the first request. The functions take the
// place of PHP's in workers (guarded_functions) and may bail out.
#pragma once

#include "host/php.h"

namespace bgworkers {
namespace command_line {

void pretend_cli() noexcept;

void php_sapi_name(INTERNAL_FUNCTION_PARAMETERS);

// Without the worker's name, which getopt() would take for the end of the options.
void getopt(INTERNAL_FUNCTION_PARAMETERS);

}  // namespace command_line
}  // namespace bgworkers
