// Extensions that wrap the host's callbacks, too, before us and again whenever a thread starts, as Xdebug does: no
// chain through us becomes a ring, and theirs is called wherever PHP calls them.
#include <unistd.h>

#include <atomic>

#include "engine.h"
#include "inside.h"
#include "support.h"

using namespace embed;

namespace {

std::atomic<bool> unwraps_at_the_end_of_a_thread{false};

// One callback, wrapped as such extensions do it. Each thread that starts saves what is there, if that is not its own.
template <auto field, typename Signature>
struct Wrapped;

template <auto field, typename Result, typename... Args>
struct Wrapped<field, Result (*)(Args...)> {
    static inline std::atomic<Result (*)(Args...)> next{nullptr};
    static inline thread_local int calls = 0;
    static inline thread_local int depth = 0;

    static Result call(Args... args) {
        ++calls;
        if (++depth > 100) {
            fail(__FILE__, __LINE__, "a ring");
            _exit(1);  // it would go on until the stack is full
        }
        struct Leave {
            ~Leave() { --depth; }
        } leave;
        return next.load()(args...);
    }

    static void wrap() {
        if (sapi_module.*field != call) {
            next = sapi_module.*field;
            sapi_module.*field = call;
        }
    }

    static void unwrap() {
        if (sapi_module.*field == call) {
            sapi_module.*field = next;
        }
    }
};

#define WRAPPED(name) Wrapped<&sapi_module_struct::name, decltype(sapi_module_struct::name)>

template <typename Do>
void with_each(Do do_with) {
    do_with(WRAPPED(activate)());
    do_with(WRAPPED(deactivate)());
    do_with(WRAPPED(ub_write)());
    do_with(WRAPPED(flush)());
    do_with(WRAPPED(header_handler)());
    do_with(WRAPPED(send_headers)());
    do_with(WRAPPED(read_cookies)());
    do_with(WRAPPED(register_server_variables)());
    do_with(WRAPPED(get_request_time)());
    do_with(WRAPPED(log_message)());
    do_with(WRAPPED(getenv)());
}

void on_thread_start(void*) {
    with_each([](auto callback) { callback.wrap(); });
}
void on_thread_end(void*) {
    if (unwraps_at_the_end_of_a_thread) {
        with_each([](auto callback) { callback.unwrap(); });
    }
}

ts_rsrc_id thread_id = 0;

// As a zend_extension is started: after all modules, and before ours, which is registered later.
int on_startup(zend_extension*) {
    ts_allocate_id(&thread_id, sizeof(int), on_thread_start, on_thread_end);
    return SUCCESS;
}

zend_extension other = {"other",
                        "1",
                        "",
                        "",
                        "",
                        on_startup,
                        nullptr,
                        nullptr,
                        nullptr,
                        nullptr,
                        nullptr,
                        nullptr,
                        nullptr,
                        nullptr,
                        nullptr,
                        nullptr,
                        STANDARD_ZEND_EXTENSION_PROPERTIES};

zend_result (*start_bgworkers)(int, int) = nullptr;

zend_result start_both(int type, int module_number) {
    zend_register_extension(&other, nullptr);
    return start_bgworkers(type, module_number);
}

zend_module_entry* with_other_extension() {
    zend_module_entry* module = extension();
    start_bgworkers = module->module_startup_func;
    module->module_startup_func = start_both;
    return module;
}

std::string settings() {
    write_script(
        "printer.php",
        "<?php echo \"printed\\n\"; header('A: b'); error_log('logged'); getenv('A'); BgWorkers\\set_vars([1]);"
        "while (!BgWorkers\\should_stop(0.001)) { echo \"printed\\n\"; flush(); }");
    return "bgworkers.log_level=error\nerror_log=" + scratch() + "/log\nvariables_order=EGPCS\nauto_globals_jit=0\n" +
           workers("[printer]\nscript = printer.php\n[other]\nscript = printer.php\n");
}

const char* const kTouchesAll =
    "ini_set('error_log', ''); header('A: b'); error_log('logged'); getenv('A'); $_SERVER['REQUEST_TIME_FLOAT']; echo "
    "'out'; flush();";

void check_all_are_called_once() {
    with_each([](auto callback) { callback.calls = 0; });
    CHECK_EQUAL(request(kTouchesAll), "logged\nout");
    with_each([](auto callback) {
        if (callback.calls == 0) {
            fail(__FILE__, __LINE__, "a callback of the other extension was not called");
        }
    });
    CHECK_EQUAL(WRAPPED(ub_write)::calls, 1);
}

void read_workers_and_print() {
    std::string printed;
    on_php_thread([&] {
        printed = request("echo BgWorkers\\get_vars('printer')[0], BgWorkers\\get_vars('other')[0];");
        check_all_are_called_once();
    });
    CHECK_EQUAL(printed, "11");
    on_php_thread(check_all_are_called_once);
}

size_t bail_out_once(const char*, size_t) {
    zend_bailout();
    return 0;
}

}  // namespace

EMBED_CASE(who_wraps_callbacks_again_in_each_thread_makes_no_ring) {
    set_functions(inside_functions());
    Engine engine(settings(), with_other_extension());
    read_workers_and_print();
}

EMBED_CASE(who_wraps_callbacks_in_each_thread_and_unwraps_them_makes_no_ring) {
    unwraps_at_the_end_of_a_thread = true;
    set_functions(inside_functions());
    Engine engine(settings(), with_other_extension());
    on_php_thread([] {});  // its end leaves ours on top, and what is below us calls us
    CHECK(sapi_module.ub_write != WRAPPED(ub_write)::call);
    CHECK(run_code("echo 'out';"));
    CHECK_EQUAL(take_output(), "out");
    read_workers_and_print();
}

EMBED_CASE(a_callback_that_bails_out_is_called_the_next_time) {
    set_functions(inside_functions());
    Engine engine(settings(), with_other_extension());
    CHECK(sapi_module.ub_write != WRAPPED(ub_write)::call);  // ours is on top, the other extension's below
    const auto next = WRAPPED(ub_write)::next.load();
    WRAPPED(ub_write)::next = bail_out_once;
    CHECK(!run_code("echo 'lost';"));
    WRAPPED(ub_write)::next = next;
    WRAPPED(ub_write)::depth = 0;
    WRAPPED(ub_write)::calls = 0;
    CHECK(run_code("echo 'out';"));
    CHECK_EQUAL(take_output(), "out");
    CHECK_EQUAL(WRAPPED(ub_write)::calls, 1);
}
