// How a run ended: what its thread tells the supervisor.
//
// Plain data. The worker's thread writes it before it posts mail_ended, the supervisor reads it after that and adds
// what only it knows.
#pragma once

#include <string>

namespace bgworkers {

// What decides about the next run.
struct RunSummary {
    bool clean = false;               // exit status 0 and not killed
    bool published = false;           // called set_vars() with success at least once
    double lived = 0;                 // seconds, from the script's first line to its end
    // Seconds to its end, from when it first published or asked for a task; from its start if it did neither.
    double lived_since_work = 0;
    bool awaited = false;  // a get_vars() waited during the run. The supervisor's to say
    bool finished_task = false;  // one at least
    bool had_enough = false;     // it was stopped by max_tasks
};

struct RunReport {
    int exit_status = 0;
    bool killed = false;
    bool killed_itself = false;  // by a signal of its own
    std::string error;  // class, message, file and line of the last fatal error or uncaught exception; no trace
    std::string
        cause;  // of a clean run that published nothing: what may explain it. Told where its silence is a failure
    RunSummary summary;
};

}  // namespace bgworkers
