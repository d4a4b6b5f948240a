// The table of workers that status(), phpinfo() and `php --ri bgworkers` show. No published values.
// A PHP thread.
#pragma once

#include "core/workers/registry.h"
#include "host/php.h"

namespace bgworkers {

// Fills *result with status()'s array. False: out of memory, *result is untouched.
bool status_to_array(Scope& scope, zval* result);
// The same of all processes, by process.
bool all_status_to_array(Scope& scope, zval* result);
// Prints the table with php_info_*: of all processes, where they can tell each other.
void status_to_info(Scope* scope);

}  // namespace bgworkers
