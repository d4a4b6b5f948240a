// What status(), metrics() and phpinfo() tell of a scope's workers. No published values.
//
// Plain memory, so that a bailout leaks at the worst: the facts are gathered first, without the engine, then put into
// PHP values; no C++ string is alive while the engine allocates. Any thread.
#pragma once

#include "core/workers/registry.h"

namespace bgworkers {

struct WorkerRow {
    uint32_t pid;  // whose worker it is
    double told_at;  // Unix time: the facts are of then
    uint64_t resident;  // bytes of that process; 0: not known, or not asked for
    char* name;
    size_t name_length;
    char* last_error;  // nullptr = none
    WorkerState state;
    const char* state_name;  // as it is shown; constant
    double since;  // Unix time when it came into that state; 0: nothing has happened yet
    bool shared;
    uint32_t leader;  // of a shared worker: a process; 0: none
    uint64_t took_over;
    int instances;
    uint64_t runs;
    uint64_t crashes;
    uint32_t consecutive_failures;
    bool has_exit_status;
    int exit_status;
    bool has_next_run;  // a job that waits for it
    double next_run;    // Unix time
    Slot::Facts published;
    TaskQueue::Facts tasks;
};

struct WorkerRows {
    WorkerRow* rows;  // nullptr if memory was out
    size_t count;
    char* edited_file;  // of the declarations, after they were read; nullptr = none

    void release() noexcept;
};

// Of this process, by name. The caller releases them.
WorkerRows gather_worker_rows(Scope& scope) noexcept;

// Of all processes of the scope, by process and name: what others have told last.
enum class OwnRows {
    exact,  // of this process: all, as they are
    as_told,  // of this process as others see it, so that no counter goes back from one who answers to the next; shared
              // workers, of which all tell the same, once
};
WorkerRows gather_all_worker_rows(Scope& scope, OwnRows own) noexcept;

}  // namespace bgworkers
