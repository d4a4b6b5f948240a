// The bgworkers.* settings. Registered in MINIT; values live in the thread's globals.
#pragma once

#include "core/base/log.h"
#include "host/php.h"
#include "host/process.h"

namespace bgworkers {

void register_ini(int module_number);
void unregister_ini(int module_number);

// The settings that belong to the process, as php.ini and -d have them. MINIT, after register_ini().
ProcessSettings process_settings();
LogLevel configured_log_level();
LogFormat configured_log_format();

}  // namespace bgworkers
