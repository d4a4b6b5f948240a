// The SAPI shield covers every callback that PHP has, and a worker reaches none of the host's.
//
// A PHP version with a new callback must fail here: its field is unknown to names_every_field(), which then does not
// compile. Wrap it in host/sapi_shield.cc, or say below why not.
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "engine.h"
#include "inside.h"
#include "support.h"

using namespace embed;

namespace {

// Compiles only if sapi_module_struct has exactly these fields. 8.2 to 8.4 were run; 8.5 and 8.6 compiled.
[[maybe_unused]] void names_every_field(sapi_module_struct& module) {
#if PHP_VERSION_ID >= 80500
    auto& [name, pretty_name, startup, shutdown, activate, deactivate, ub_write, flush, get_stat, getenv, sapi_error,
           header_handler, send_headers, send_header, read_post, read_cookies, register_server_variables, log_message,
           get_request_time, terminate_process, php_ini_path_override, default_post_reader, treat_data,
           executable_location, php_ini_ignore, php_ini_ignore_cwd, get_fd, force_http_10, get_target_uid,
           get_target_gid, input_filter, ini_defaults, phpinfo_as_text, ini_entries, additional_functions,
           input_filter_init, pre_request_init] = module;
#else
    auto& [name, pretty_name, startup, shutdown, activate, deactivate, ub_write, flush, get_stat, getenv, sapi_error,
           header_handler, send_headers, send_header, read_post, read_cookies, register_server_variables, log_message,
           get_request_time, terminate_process, php_ini_path_override, default_post_reader, treat_data,
           executable_location, php_ini_ignore, php_ini_ignore_cwd, get_fd, force_http_10, get_target_uid,
           get_target_gid, input_filter, ini_defaults, phpinfo_as_text, ini_entries, additional_functions,
           input_filter_init] = module;
#endif
    (void)name, (void)input_filter_init;
}

// What is left alone, and why.
constexpr size_t kLeftAlone[] = {
    // The host calls these itself, on its own struct.
    offsetof(sapi_module_struct, startup), offsetof(sapi_module_struct, shutdown),
    // Once, before any module starts.
    offsetof(sapi_module_struct, ini_defaults),
    // PHP's own in every host, or set by PHP's modules for all threads; they ask nothing of a request.
    offsetof(sapi_module_struct, sapi_error), offsetof(sapi_module_struct, default_post_reader),
    offsetof(sapi_module_struct, treat_data), offsetof(sapi_module_struct, input_filter),
    offsetof(sapi_module_struct, input_filter_init),
    // Data.
    offsetof(sapi_module_struct, name), offsetof(sapi_module_struct, pretty_name),
    offsetof(sapi_module_struct, php_ini_path_override), offsetof(sapi_module_struct, executable_location),
    offsetof(sapi_module_struct, php_ini_ignore),  // with php_ini_ignore_cwd in one word
    offsetof(sapi_module_struct, phpinfo_as_text), offsetof(sapi_module_struct, ini_entries),
    offsetof(sapi_module_struct, additional_functions)};

bool is_left_alone(size_t offset) {
    for (size_t each : kLeftAlone) {
        if (each == offset) {
            return true;
        }
    }
    return false;
}

void* word(const sapi_module_struct& module, size_t offset) {
    void* value;
    memcpy(&value, reinterpret_cast<const char*>(&module) + offset, sizeof(value));
    return value;
}

template <typename Check>
void for_each_callback(Check check) {
    for (size_t offset = 0; offset < sizeof(sapi_module_struct); offset += sizeof(void*)) {
        if (!is_left_alone(offset)) {
            check(offset);
        }
    }
}

size_t on_foreign_write(const char*, size_t length) { return length; }

// Everything in a script that comes near a callback of the host.
const char* const kTouchesAll = R"(<?php
ob_start(); echo 'buffered'; ob_end_flush(); echo "printed\n"; flush(); print_r([1]);
header('X-Worker: 1'); setcookie('a', 'b'); http_response_code(404); header_remove('X-Worker'); headers_list();
headers_sent(); header_register_callback(fn() => 1);
$_SERVER['REQUEST_TIME']; $_SERVER['REQUEST_TIME_FLOAT']; $_SERVER['argv']; $_ENV; $_COOKIE; $_GET; $_POST; $_REQUEST; $_FILES;
getenv('PATH'); getenv(); putenv('A=B'); getenv('A', true);
getmyuid(); getmyinode(); getlastmod(); get_current_user(); getmygid();
file_get_contents('php://input'); file_put_contents('php://output', "to output\n"); file_put_contents('php://stderr', "x\n");
error_log('logged'); error_log('by the host', 4); trigger_error('warned', E_USER_WARNING); connection_status(); ignore_user_abort(true);
phpinfo(); phpversion(); php_sapi_name(); set_time_limit(0);
fopen('php://fd/0', 'r'); @fopen('php://memory', 'r');
register_shutdown_function(function () { echo 'late'; header('Y: 1'); flush(); });
BgWorkers\set_vars(['touched' => php_sapi_name()]);
)";

void on_foreign_flush(void*) {}

}  // namespace

EMBED_CASE(every_callback_is_wrapped_and_restored) {
    set_functions(inside_functions());
    {
        Engine engine("bgworkers.log_level=error\n", extension());
        for_each_callback([](size_t offset) {
            if (word(sapi_module, offset) == word(host_callbacks(), offset)) {
                fail(__FILE__, __LINE__, "the callback at offset " + std::to_string(offset) + " is still the host's");
            }
        });
    }
    for_each_callback([](size_t offset) {
        if (word(sapi_module, offset) != word(host_callbacks(), offset)) {
            fail(__FILE__, __LINE__, "the callback at offset " + std::to_string(offset) + " is not the host's again");
        }
    });
}

EMBED_CASE(a_callback_that_others_wrapped_stays_theirs) {
    set_functions(inside_functions());
    {
        Engine engine("bgworkers.log_level=error\n", extension());
        sapi_module.ub_write = on_foreign_write;
    }
    CHECK(sapi_module.ub_write == on_foreign_write);
    CHECK(sapi_module.activate == host_callbacks().activate);
}

EMBED_CASE(a_worker_reaches_no_callback_of_the_host) {
    set_functions(inside_functions());
    write_script("healthy.php", std::string(kTouchesAll) + "BgWorkers\\should_stop(INF);");
    write_script("fatal.php", std::string(kTouchesAll) + "undefined();");
    write_script("exits.php", std::string(kTouchesAll) + "exit('said at the end');");
    write_script("limit.php", std::string(kTouchesAll) + "ini_set('memory_limit', '4M'); str_repeat('x', 100000000);");
    write_script("parse.php", "<?php this is no PHP");
    std::string declared;
    for (const char* name : {"healthy", "fatal", "exits", "limit", "parse"}) {
        declared += std::string("[") + name + "]\nscript = " + name + ".php\nnum = 1\nmax_consecutive_failures = 2\n";
    }
    {
        Engine engine("log_errors=1\nerror_log=" + scratch() +
                          "/log\nvariables_order=EGPCS\nauto_globals_jit=0\nexpose_php=1\n" + workers(declared),
                      extension());
        const auto state = [](const char* code) {
            std::string printed;
            on_php_thread(
                [&] { printed = request(std::string("foreach (BgWorkers\\status() as $name => $s) ") + code); });
            return printed;
        };
        CHECK(eventually(
            [&] { return state("echo $s['runs'] >= ($name === 'healthy' ? 1 : 2) ? '' : $name;").empty(); }));
        CHECK_EQUAL(state("if ($s['ready'] !== ($name !== 'parse')) echo $name;"), "");
    }
    CHECK_EQUAL(stray_callbacks(), "");
}

// Elsewhere workers are stopped in the flush callback.
EMBED_CASE(without_the_flush_callback_the_process_ends_instead_of_freeing_what_workers_use) {
    set_functions(inside_functions());
    write_script("busy.php", "<?php BgWorkers\\set_vars([]); while (true) { sha1('x'); }");
    const std::string settings = "error_log=" + scratch() + "/log\n" + workers("[busy]\nscript = busy.php\n");
    const pid_t child = fork();
    if (child == 0) {
        {
            Engine engine(settings, extension());
            on_php_thread([] { request("BgWorkers\\get_vars('busy');"); });
            sapi_module.flush = on_foreign_flush;
        }
        _exit(70);  // the engine's end came back
    }
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK_EQUAL(WEXITSTATUS(status), 0);
    std::stringstream log;
    log << std::ifstream(scratch() + "/log").rdbuf();
    CHECK(log.str().find("event=abandoned") != std::string::npos);
}
