// BgWorkers\Task: what a sender holds of a task that it has sent.
//
// The object has the sender's reference (core/tasks/task.h), so a sender that dies at any step gives it back: objects
// are freed at the end of each request, after a bailout, too. It is made before the task is queued.
//
// One thread's, as all objects of PHP are. In a forked child every method throws; the object only gives its reference
// back.
#pragma once

#include "core/tasks/task.h"
#include "core/workers/worker.h"
#include "host/php.h"

namespace bgworkers {

struct SentTask {
    Task* task;  // nullptr: not made yet
    Worker* worker;
    double timeout;     // seconds, as it was sent
    bool queued;        // it is the queue's, too
    zval result;        // what await() has handed out, or UNDEF
    Snapshot* in_hand;  // an update that is being read
    zend_object object;
};

void set_up_sent_tasks(zend_class_entry* ce);

// May bail out. It has no task yet.
SentTask* make_sent_task(zval* object);

// Waits for the result of a task; UNDEF if it is done and *result is filled in. False: an exception is set. prefix: in
// front of its message.
bool await_task(SentTask* sent, double timeout, const char* prefix, zval* result);

// nullptr if it is none, or one that nobody may use any more (then an exception is set).
SentTask* sent_task_of(zval* value);
bool is_sent_task(const zval* value);

}  // namespace bgworkers
