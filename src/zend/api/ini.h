// The bgworkers.* settings. Registered in MINIT; values live in the thread's globals.
#pragma once

#include "core/base/log.h"
#include "host/php.h"
#include "host/process.h"

namespace bgworkers {

void register_ini(int module_number);
void unregister_ini(int module_number);

// Warns of settings of ours in php.ini or behind -d that do not exist: PHP ignores them. When all extensions have
// registered theirs; the engine's start-up is not over.
void tell_of_unknown_settings();

// The settings that belong to the process, as php.ini and -d have them. MINIT, after register_ini().
ProcessSettings process_settings();
LogLevel configured_log_level();
LogFormat configured_log_format();

}  // namespace bgworkers
