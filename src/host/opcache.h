// What OPcache means for workers.
//
// A restart of OPcache rewinds shared memory under running threads. Workers are therefore kept out of it (see
// inherited_settings), but for those with opcache = 1, which run their code from it at their own risk: their start
// says so, and where the engine announces a restart (PHP 8.4+) they are asked to stop and start again. Best effort: the
// announcement reaches only the process, and only the thread, that schedules the restart.
//
// install(): our zend_extension's startup. warn_of_risks(): a worker's thread, before its first request.
#pragma once

#include "core/worker.h"

namespace bgworkers {
namespace opcache {

void install() noexcept;
void warn_of_risks(Worker& worker);

}  // namespace opcache
}  // namespace bgworkers
