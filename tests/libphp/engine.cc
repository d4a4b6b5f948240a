#include "engine.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <stdexcept>

extern "C" {
#include "sapi/embed/php_embed.h"
}

ZEND_TSRMLS_CACHE_DEFINE()

namespace embed {

namespace {

// PHP's own memory on 8.2's debug engine wants deep stacks to free deep arrays.
constexpr size_t kStackBytes = 64 * 1024 * 1024;

zend_module_entry* built_in_module = nullptr;
const zend_function_entry* functions = nullptr;
sapi_module_struct plain_embed_module;  // as libphp has it
sapi_module_struct handed_over;
std::string ini_path;

thread_local bool has_request = false;
thread_local std::string output;

std::mutex strays_mutex;
std::set<std::string> strays;

void called(const char* callback) {
    if (!has_request) {
        std::lock_guard<std::mutex> lock(strays_mutex);
        strays.insert(callback);
    }
}

// --- The host's callbacks ---------------------------------------------------------------------------------------

int on_activate() {
    called("activate");
    return SUCCESS;
}
int on_deactivate() {
    called("deactivate");
    return SUCCESS;
}
size_t on_write(const char* text, size_t length) {
    called("ub_write");
    output.append(text, length);
    return length;
}
void on_flush(void*) { called("flush"); }
zend_stat_t* on_get_stat() {
    called("get_stat");
    return nullptr;
}
char* on_getenv(const char*, size_t) {
    called("getenv");
    return nullptr;
}
int on_header(sapi_header_struct*, sapi_header_op_enum, sapi_headers_struct*) {
    called("header_handler");
    return SAPI_HEADER_ADD;
}
int on_send_headers(sapi_headers_struct*) {
    called("send_headers");
    return SAPI_HEADER_SENT_SUCCESSFULLY;
}
void on_send_header(sapi_header_struct*, void*) { called("send_header"); }
size_t on_read_post(char*, size_t) {
    called("read_post");
    return 0;
}
char* on_read_cookies() {
    called("read_cookies");
    return nullptr;
}
void on_server_variables(zval* array) {
    called("register_server_variables");
    php_import_environment_variables(array);
}
void on_log(const char* message, int) {
    called("log_message");
    output.append(message).append("\n");
}
zend_result on_request_time(double*) {
    called("get_request_time");
    return FAILURE;
}
void on_terminate() { called("terminate_process"); }
int on_get_fd(int*) {
    called("get_fd");
    return FAILURE;
}
int on_force_http_10() {
    called("force_http_10");
    return FAILURE;
}
int on_target_uid(uid_t*) {
    called("get_target_uid");
    return FAILURE;
}
int on_target_gid(gid_t*) {
    called("get_target_gid");
    return FAILURE;
}
#if PHP_VERSION_ID >= 80500
int on_pre_request() {
    called("pre_request_init");
    return SUCCESS;
}
#endif

int start_modules(sapi_module_struct* module) {
    module->additional_functions = functions;
    handed_over = *module;
    return php_module_startup(module, built_in_module);
}

void fill_in_callbacks(sapi_module_struct& module) {
    module.startup = start_modules;
    module.activate = on_activate;
    module.deactivate = on_deactivate;
    module.ub_write = on_write;
    module.flush = on_flush;
    module.get_stat = on_get_stat;
    module.getenv = on_getenv;
    module.header_handler = on_header;
    module.send_headers = on_send_headers;
    module.send_header = on_send_header;
    module.read_post = on_read_post;
    module.read_cookies = on_read_cookies;
    module.register_server_variables = on_server_variables;
    module.log_message = on_log;
    module.get_request_time = on_request_time;
    module.terminate_process = on_terminate;
    module.get_fd = on_get_fd;
    module.force_http_10 = on_force_http_10;
    module.get_target_uid = on_target_uid;
    module.get_target_gid = on_target_gid;
#if PHP_VERSION_ID >= 80500
    module.pre_request_init = on_pre_request;
#endif
}

std::string write_ini(const std::string& ini) {
    const auto path = std::filesystem::temp_directory_path() / ("bgworkers-embed-" + std::to_string(getpid()) + ".ini");
    if (!(std::ofstream(path) << ini).flush()) {
        throw std::runtime_error("cannot write a php.ini");
    }
    return path.string();
}

void* thread_main(void* body) {
    ts_resource(0);
    ZEND_TSRMLS_CACHE_UPDATE();
    (*static_cast<std::function<void()>*>(body))();
    ts_free_thread();
    return nullptr;
}

}  // namespace

Engine::Engine(const std::string& ini, zend_module_entry* module) {
    static const bool once = (plain_embed_module = php_embed_module, true);
    (void)once;
    php_embed_module = plain_embed_module;
    fill_in_callbacks(php_embed_module);
    built_in_module = module;
    ini_path = write_ini(ini);
    php_embed_module.php_ini_path_override = ini_path.data();
    has_request = true;
    if (php_embed_init(0, nullptr) != SUCCESS) {
        throw std::runtime_error("the engine does not start");
    }
    ZEND_TSRMLS_CACHE_UPDATE();
}

Engine::~Engine() {
    php_embed_shutdown();
    has_request = false;
    unlink(ini_path.c_str());
}

const sapi_module_struct& host_callbacks() { return handed_over; }

PhpThread::PhpThread(std::function<void()> body) : body_(std::move(body)) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, kStackBytes);
    if (pthread_create(&thread_, &attributes, thread_main, &body_) != 0) {
        throw std::runtime_error("no thread");
    }
    pthread_attr_destroy(&attributes);
}

void PhpThread::join() { pthread_join(thread_, nullptr); }

void on_php_thread(const std::function<void()>& body) { PhpThread(body).join(); }

void begin_request() {
    static int context = 0;  // hosts have one: with it the engine asks for cookies and more
    has_request = true;
    SG(server_context) = &context;
    SG(request_info).request_method = "GET";
    SG(options) |= SAPI_OPTION_NO_CHDIR;
    if (php_request_startup() != SUCCESS) {
        throw std::runtime_error("a request does not start");
    }
}

bool run_code(const std::string& code) {
    volatile bool whole = false;
    zend_try {
        zend_eval_stringl_ex(code.data(), code.size(), nullptr, "embed", true);
        whole = true;
    }
    zend_end_try();
    return whole;
}

void end_request() {
    php_request_shutdown(nullptr);
    SG(server_context) = nullptr;
    SG(request_info).request_method = nullptr;
    has_request = false;
}

std::string take_output() {
    std::string taken;
    taken.swap(output);
    return taken;
}

std::string request(const std::string& code) {
    begin_request();
    run_code(code);
    end_request();
    return take_output();
}

std::string stray_callbacks() {
    std::lock_guard<std::mutex> lock(strays_mutex);
    std::string names;
    for (const std::string& name : strays) {
        names += (names.empty() ? "" : " ") + name;
    }
    return names;
}

void forget_stray_callbacks() {
    std::lock_guard<std::mutex> lock(strays_mutex);
    strays.clear();
}

void set_functions(const zend_function_entry* table) { functions = table; }

}  // namespace embed
