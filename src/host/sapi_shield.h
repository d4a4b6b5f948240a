// Keeps worker threads away from the host's callbacks.
//
// sapi_module is one struct for the whole process, and the host's functions behind it expect a request of
// theirs: from a worker they would crash, or write into somebody's response. So each callback is replaced, once,
// by one that asks current_worker(): null means the host's own function is called as before; a worker
// gets an answer of ours. The two pointers through which PHP imports the environment are treated alike.
//
//   install()               after all modules have started, before other threads run PHP
//   install_environment()   at the first request of the process: FPM replaces those pointers after its fork
//   restore()               end of the module; a field that somebody else has wrapped since is left alone
//                           (the library is never unloaded, so the chain stays valid)
//
// Threads: the three calls by the host's main thread or the first request, under process.cc's guard. The wrappers:
// any; they read fields that no longer change.
#pragma once

namespace bgworkers {

namespace sapi_shield {

// on_request_end: called when a request of the host is over, on its thread. on_module_shutdown: called in the flush
// callback that php_module_shutdown() makes before it tears anything down, on the thread that shuts down.
void install(void (*on_request_end)(), void (*on_module_shutdown)()) noexcept;
// Until PHP's start-up is over: a request now belongs to it (preloading). php_during_module_startup() alone does not
// tell: php-node starts the module anew before each request, and PHP, already started, never ends that.
bool php_is_starting() noexcept;
void install_environment() noexcept;
void restore() noexcept;

}  // namespace sapi_shield

}  // namespace bgworkers
