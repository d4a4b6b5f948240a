// What OPcache means for workers.
//
// A restart of OPcache rewinds shared memory under running threads. Workers are therefore kept out of it (see
// inherited_settings), but for those with opcache = 1, which run their code from it at their own risk: their start
// says so, and where the engine announces a restart (PHP 8.4+) they are asked to stop. They start again with the next
// request of the host: by then OPcache has restarted, and it is not their own start that makes it restart under a
// running request. Best effort: the announcement reaches only the process that schedules the restart.
//
// install(): our zend_extension's startup. resume_workers(): a request's start, after OPcache's.
// warn_of_risks(): a worker's thread, before its first request.
#pragma once

#include "core/workers/worker.h"

namespace bgworkers {

class Process;

namespace opcache {

void install() noexcept;
// The end of the module. A host that starts the engine again wraps the hook anew, and would save ours below itself.
void uninstall() noexcept;
void resume_workers(Process& process);
void warn_of_risks(Worker& worker);

}  // namespace opcache
}  // namespace bgworkers
