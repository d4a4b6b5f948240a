// syslog(), openlog() and closelog() of PHP, as a worker's thread calls them: through the door that forks close.
//
// They parse their own arguments first, which may run PHP code, so that none runs behind the door. A worker's thread,
// in a request. May bail out, and leaves the door then.
#pragma once

#include "host/php.h"

namespace bgworkers {
namespace syslog_functions {

void write(INTERNAL_FUNCTION_PARAMETERS);
void open(INTERNAL_FUNCTION_PARAMETERS);
void close(INTERNAL_FUNCTION_PARAMETERS);

}  // namespace syslog_functions
}  // namespace bgworkers
