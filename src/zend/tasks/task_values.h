// Payloads, updates and results of tasks: from PHP arrays to blocks and back.
//
// Written as snapshots are. A worker gets its payload in its own memory, a sender its updates. Results are read without
// a copy, as snapshots are, by requests: kKeptResults and kKeptBytes of them a request, which stay pinned until it is
// over (PHP keeps no count of such arrays); all further ones, and those that a worker reads, are copies in its own
// memory.
//
// The thread that calls. What is kept stands in its globals. Fork: the child keeps its own.
#pragma once

#include "core/tasks/task.h"
#include "core/workers/worker.h"
#include "host/php.h"
#include "zend/api/errors.h"
#include "zend/api/globals.h"
#include "zend/values/snapshot_writer.h"

namespace bgworkers {

constexpr uint32_t kKeptResults = 8;
constexpr size_t kKeptBytes = 16 << 20;

// variable, noun: as messages name it. in_place: it may be handed out without a copy, as results are. nullptr: *error
// was held.
Snapshot* write_task_value(const zend_array* value, const char* variable, const char* noun, bool in_place,
                           Worker& worker, ErrorKind* error);

// A copy in the caller's memory. May run PHP (enums), may bail out: whoever holds the pin has it in an object. False:
// an exception is set.
bool copy_task_value(const Snapshot* value, zval* result);
// As the above says; the pin is somebody's until the call returns.
bool hand_out_result(Snapshot* value, zval* result);

// post_deactivate, or the next RINIT: no PHP variable of the request is left. Also when the thread leaves.
void forget_kept_results(zend_bgworkers_globals* globals) noexcept;

}  // namespace bgworkers
