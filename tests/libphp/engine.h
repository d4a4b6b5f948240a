// libphp in a program of our own, as hosts embed it: php_embed_init() on the main thread, and any number of threads
// that run requests beside it. Used by the embed tests and by the fuzzer.
//
// What a request prints is gathered per thread. Every callback of the SAPI is there and notes which thread called it:
// a thread that no Request belongs to has no business in them (stray_callbacks()).
#pragma once

#include <functional>
#include <string>

#include "host/php.h"

namespace embed {

class Engine {
public:
    // ini: lines of a php.ini. module: the extension where it is part of this program; nullptr where the ini names it.
    explicit Engine(const std::string& ini, zend_module_entry* module = nullptr);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;
};

// The callbacks as they were handed to the engine, before anything was wrapped.
const sapi_module_struct& host_callbacks();

// Runs on a thread of its own, attached to the engine; returns when that has left it.
void on_php_thread(const std::function<void()>& body);
// The same without waiting: join() once.
class PhpThread {
public:
    explicit PhpThread(std::function<void()> body);
    void join();

private:
    std::function<void()> body_;
    pthread_t thread_;
};

// One request on the calling thread, which is attached. Returns what it printed.
std::string request(const std::string& code);
// The same in parts, for tests that look at the thread between start, script and end.
void begin_request();
bool run_code(const std::string& code);  // false: it bailed out
void end_request();
std::string take_output();

// Callbacks that were called on a thread without a request: "ub_write log_message", or "".
std::string stray_callbacks();
void forget_stray_callbacks();

// Functions that scripts, workers too, find in the engine; set before the first Engine.
void set_functions(const zend_function_entry* functions);

}  // namespace embed
