// Which scope the present request belongs to, and its declarations.
//
// A PHP thread, during a request. The scope is looked up once a request; its declarations are read when somebody needs
// them, or at the first request of the scope in hosts that start workers by themselves.
#pragma once

#include <string>

#include "core/base/status.h"
#include "core/workers/registry.h"
#include "host/log_sink.h"
#include "zend/api/globals.h"

namespace bgworkers {

// RINIT: finds the scope that the request's settings name, and starts its workers with num >= 1 if that is due; tells
// of a log that cannot be written. Nothing to do where the thread's last request has found the same scope, everything
// is started and nothing is untold.
void find_scope();
inline void enter_scope() {
    if (UNEXPECTED(!BGW_G(scope_known)) || (BGW_G(scope) != nullptr && !BGW_G(scope)->is_autostarted()) ||
        UNEXPECTED(log_sink().has_untold_defect())) {
        find_scope();
    }
}
// RINIT of a worker: its names are resolved where it was declared.
void enter_scope_of_worker(Scope& scope);

// May the API be called? Not while PHP starts: what a preload script would start or capture there belongs to a process
// that serves no request, and on a thread whose tables the engine is about to replace.
Status usable_now();

// The present scope with its declarations loaded. Asks usable_now() first. Also starts what could not be started when a
// request began.
Result<Scope*> loaded_scope();

// The worker of that name in the present scope, by its entry in this thread's cache; where that has none the worker is
// looked up, or made by the catch-all. Asks loaded_scope() first.
struct CacheEntry;
Status find_entry(zend_string* name, CacheEntry** entry);

// The file of the scope's declarations that was edited after this process had read it, which has no effect here; "" if
// none was. The log is told the first time. Reads the file system: for those alone who ask why something is as it is.
std::string edited_file(Scope& scope);
// What a refusal of Registry::worker() or known() says, with such an edit, which may be the reason.
Status with_edit(Scope& scope, const Status& refusal);

struct WorkerContext;
// The worker whose run calls; nullptr: an exception is set, for outside a run the function of that name is refused.
WorkerContext* caller_in_run(const char* function);

}  // namespace bgworkers
