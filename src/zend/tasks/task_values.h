// Payloads, updates and results of tasks: from PHP arrays to blocks and back.
//
// Written as snapshots are. A worker gets its payload in its own memory, a sender its updates. Results of kKeptFrom
// bytes and more are read without a copy, as snapshots are, by requests: kKeptResults and kKeptBytes of them a request,
// which stay pinned until it is over (PHP keeps no count of such arrays); all further ones, and those that a worker
// reads, are copies in its own memory.
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
// To hash a string takes 4 instructions a byte, to copy it a tenth of one: small results are better copied, and leave
// the places to large ones.
constexpr size_t kKeptFrom = 4096;

// variable, noun: as messages name it. is_result: hand_out_result() may hand it out, not copy_task_value() alone.
// nullptr: *error was held.
Snapshot* write_task_value(const zend_array* value, const char* variable, const char* noun, bool is_result,
                           Worker& worker, ErrorKind* error);

// A copy in the caller's memory. May run PHP (enums), may bail out: whoever holds the pin has it in an object. False:
// an exception is set.
bool copy_task_value(const Snapshot* value, zval* result);
// As the above says; the pin is somebody's until the call returns.
bool hand_out_result(Snapshot* value, zval* result);

// post_deactivate, or the next RINIT: no PHP variable of the request is left. Also when the thread leaves.
void forget_kept_results(zend_bgworkers_globals* globals) noexcept;

}  // namespace bgworkers
