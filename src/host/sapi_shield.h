// Keeps worker threads away from the host's callbacks.
//
// sapi_module is one struct for the whole process, and the host's functions behind it expect a request of
// theirs: from a worker they would crash, or write into somebody's response. So each callback is replaced, once,
// by one that asks current_worker(): null means the host's own function is called as before; a worker
// gets an answer of ours. The two pointers through which PHP imports the environment are treated alike.
//
//   note_own_callbacks()    before any module starts: these are the host's own, wrapped by nobody
//   install()               after all modules have started, before other threads run PHP
//   install_environment()   at the first request of the process: FPM replaces those pointers after its fork
//   restore()               end of the module; a field that somebody else has wrapped since is left alone
//                           (the library is never unloaded, so the chain stays valid)
//
// Others wrap callbacks, too, and some do it again whenever a thread starts (Xdebug's ub_write): they save what is
// there, which is ours by then, while the function that we call next may be theirs. Such a chain is a ring. So:
//   - nobody lies between us and the host: the host's own function is called, whatever lies above us;
//   - somebody has wrapped after us: the host's own function is called. What was wrapped before us is left out, for it
//     is what is above us, or cannot be told from it;
//   - else what lay there at install() is called, and if that comes back to us the host's own function.
//
// Threads: the four calls by the host's main thread or the first request, under process.cc's guard. The wrappers:
// any; they read fields that no longer change until restore(), when no other thread runs PHP.
// Bailout: a host's callback may bail out (a client that has gone); what marks a call under way is taken back then.
#pragma once

namespace bgworkers {

namespace sapi_shield {

struct Listeners {
    void (*startup_end)();      // PHP's start-up is over, on the thread that did it
    void (*request_begin)();    // a request of the host begins, on its thread, before any module or PHP code of it
    void (*request_end)();      // a request of the host is over, on its thread
    void (*module_shutdown)();  // in the flush callback that php_module_shutdown() makes before it tears anything down
};

// Does nothing once PHP has started: then the callbacks may be anybody's.
void note_own_callbacks() noexcept;
void install(const Listeners& listeners) noexcept;
// Until PHP's start-up is over: a request now belongs to it (preloading). php_during_module_startup() alone does not
// tell: php-node starts the module anew before each request, and PHP, already started, never ends that.
bool php_is_starting() noexcept;
void install_environment() noexcept;
void restore() noexcept;

// After a worker's request has begun, and after it has ended. The engine has one error callback for all threads, and
// Xdebug with xdebug.mode=off sets it to nothing in each thread that came after PHP's start: the next warning of any
// thread would call that. It is the engine's own again then, as it was before any module started; what a thread saw
// just before would not do, for another worker may just be beginning, too. Any thread.
void mend_error_callback() noexcept;

// RSHUTDOWN of a worker. The engine closes its output before it frees what the run leaves open, and what is printed
// then (by a stream wrapper in PHP, say) would go to the process's stdout: this keeps the way to ub_write open. May
// bail out.
void keep_output_open();

}  // namespace sapi_shield

}  // namespace bgworkers
