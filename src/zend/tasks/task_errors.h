// What senders and workers are told of tasks that did not go well.
#pragma once

#include "core/tasks/task.h"
#include "core/workers/worker.h"
#include "host/php.h"

namespace bgworkers {

extern zend_class_entry* task_exception_ce;

// A task that is settled, and not done: throws what its sender is told. prefix: in front of the message.
void throw_outcome(const Task& task, Worker& worker, double timeout, const char* prefix);

// What an exception says, for the sender. nullptr if out of memory.
TaskErrorPtr error_of(zend_object* exception) noexcept;

}  // namespace bgworkers
