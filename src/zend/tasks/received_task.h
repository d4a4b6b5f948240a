// BgWorkers\ReceivedTask: what a worker holds of a task that it has received.
//
// The object has a reference of its own (core/tasks/task.h); that the task is open stands in the queue, so that the end
// of the run finds it there whatever has become of the object. An object that is freed while its task is open means
// "was not finished", but
//   - when it goes at the end of the run, or because of exit() or a kill: the run's end says how the task ended;
//   - when an exception is under way: the task has failed with that, whether the script goes on to catch it or not.
//
// The thread of the instance, during a run.
#pragma once

#include "core/tasks/task.h"
#include "host/php.h"

namespace bgworkers {

struct WorkerContext;

void set_up_received_tasks(zend_class_entry* ce);

// receive_task(): the next task as an object in *result, or null. False: an exception is set.
bool receive_task(WorkerContext& worker, double timeout, zval* result);

}  // namespace bgworkers
