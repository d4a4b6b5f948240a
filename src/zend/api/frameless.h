// get_vars() with one or two plain arguments as a frameless call (PHP 8.4 and later): one opcode without a frame.
//
// The handlers serve the hit alone, which runs no PHP and looks at nothing but strings and numbers. All else is the
// real function's, called with a frame and with arguments of its own: those of the opcode are borrowed, and PHP code
// that runs meanwhile (an autoloader, a signal handler) may free them. The engine then shows one frame in traces, not
// two.
//
// Such an opcode holds an index into a table of all loaded extensions. Code that opcache.file_cache keeps is right for
// a PHP with the same extensions alone, so we add to the system id under which OPcache keeps it; on all versions, since
// an ordinary call of a function of ours is compiled for good, too, and crashes a PHP that lacks it. PHP takes no
// addition after its first start in a process; then, with a file cache, no frameless code is compiled.
//
// Where internal calls are observed (zend_execute_internal) the engine compiles none either.
#pragma once

#include <algorithm>

#include "host/php.h"

namespace bgworkers {
namespace frameless {

// Tells the engine of the handlers. The table ends with an entry without a name.
void add_handlers(zend_function_entry* functions);

// The module's functions with the handlers, in a table that lasts: once for each module.
template <size_t N>
const zend_function_entry* with_handlers(const zend_function_entry (&functions)[N]) {
    static zend_function_entry entries[N];
    std::copy(functions, functions + N, entries);
    add_handlers(entries);
    return entries;
}

// MINIT: adds to the system id.
void start();

}  // namespace frameless
}  // namespace bgworkers
