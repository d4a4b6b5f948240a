// Child processes of a worker: they get its environment (host/own_environment.h), /dev/null as input and its log as
// output (host/child_output.h), but for what the script itself gives them. Nothing of the host's.
//
// proc_open() gets all that as arguments. exec(), system(), passthru(), shell_exec(), backticks and popen() are PHP's
// popen(3), which knows of nothing but the process's: here they are host/shell_child.h. mail() and its kin call
// popen(3) in the middle of their work; there the command that PHP is told to call, sendmail_path, reads the changes
// from a private file first, and prints to another one (not on Windows).
//
// In the worker's thread. proc_open() and mail() fork in the engine, so the thread has the host's signal mask meanwhile
// (guarded_functions). These call into the engine and may bail out; nothing is held. A zombie is left only where PHP
// leaves one.
#pragma once

#include "host/php.h"

namespace bgworkers {

struct WorkerContext;

namespace commands {

// `original` is what the function would do in the host's own threads.
using Command = void (*)(zif_handler original, INTERNAL_FUNCTION_PARAMETERS);

void proc_open(zif_handler original, INTERNAL_FUNCTION_PARAMETERS);
void proc_close(zif_handler original, INTERNAL_FUNCTION_PARAMETERS);
void popen(zif_handler original, INTERNAL_FUNCTION_PARAMETERS);
void exec(zif_handler original, INTERNAL_FUNCTION_PARAMETERS);
void system(zif_handler original, INTERNAL_FUNCTION_PARAMETERS);
void passthru(zif_handler original, INTERNAL_FUNCTION_PARAMETERS);
void shell_exec(zif_handler original, INTERNAL_FUNCTION_PARAMETERS);
void send_mail(zif_handler original, INTERNAL_FUNCTION_PARAMETERS);

// Callable even where it is disabled. Known after install().
zend_function* engine_proc_open() noexcept;

// Is this call of error_log() one that sends a mail?
bool sends_mail(const zend_execute_data* execute_data);

// The run is over: mail() may have been left by a bailout, or with its fiber.
void forget_mail_calls(WorkerContext& worker) noexcept;

// With all functions registered, before php.ini's disable_functions takes some away, proc_open() perhaps; before other
// threads run PHP.
void install() noexcept;

}  // namespace commands
}  // namespace bgworkers
