// The table of workers that status(), phpinfo() and `php --ri bgworkers` show. No published values.
//
// A PHP thread. The facts are gathered first, without the engine, then put into PHP values: no C++ string is
// alive while the engine allocates.
#pragma once

#include "core/registry.h"
#include "host/php.h"

namespace bgworkers {

// Fills *result with status()'s array. False: memory is out, *result is untouched.
bool status_to_array(Scope& scope, zval* result);
// Prints the table with php_info_*.
void status_to_info(Scope* scope);

}  // namespace bgworkers
