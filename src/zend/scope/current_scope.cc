#include "zend/scope/current_scope.h"

#include <cstdlib>
#include <new>

#include "core/os/path.h"
#include "host/inherited_settings.h"
#include "host/log_sink.h"
#include "host/process.h"
#include "host/sapi_shield.h"
#include "host/time_zone.h"
#include "host/worker_context.h"
#include "zend/api/errors.h"
#include "zend/api/globals.h"
#include "zend/scope/workers_file.h"
#include "zend/values/read_cache.h"

extern "C" {
#include "ext/spl/spl_exceptions.h"
}

namespace bgworkers {

namespace {

bool is_set(const char* setting) { return setting != nullptr && setting[0] != '\0'; }
const char* text(const char* setting) { return setting == nullptr ? "" : setting; }

bool same_key(const ScopeKey& key) {
    return key.config == text(BGW_G(config)) && key.entrypoint == text(BGW_G(entrypoint)) &&
           key.label == text(BGW_G(scope_label));
}

bool host_is(const char* name) { return strcmp(sapi_module.name, name) == 0; }
bool host_is_cli() { return host_is("cli"); }

// php -m, -i, --ri and -r are requests too, without a script's file: path_translated is null then, or no path.
bool starts_by_itself() {
    const char* path = SG(request_info).path_translated;
    return !host_is_cli() ||
           (Process::current()->settings().cli_autostart && path != nullptr && is_absolute_path(path));
}

Result<ScopeSpec> read_declarations(const ScopeKey& key) {
    if (!key.config.empty() && !key.entrypoint.empty()) {
        return Status::runtime("bgworkers.config and bgworkers.entrypoint cannot be used together");
    }
    const std::string& path = key.config.empty() ? key.entrypoint : key.config;
    if (!is_absolute_path(path)) {
        return Status::runtime(std::string(key.config.empty() ? "bgworkers.entrypoint" : "bgworkers.config") +
                               " must be an absolute path: " + path);
    }
    return key.config.empty() ? build_entrypoint_spec(path) : read_workers_file(path);
}

// Between processes a scope is also told by its declarations: an edited file is another scope for new processes.
std::unique_ptr<SharedScope> join_shared(const ScopeKey& key, const ScopeSpec& spec) {
    std::string text;
    for (const std::string& part : {key.config, key.entrypoint, key.label, std::to_string(spec.hash)}) {
        text += part + '\0';
    }
    Result<std::unique_ptr<SharedScope>> joined = Process::current()->join_shared(spec, std::move(text));
    if (!joined.ok()) {
        LogEvent(LogLevel::warning, "", "shared_unavailable")
            .field("error", joined.status().message())
            .field("why", "the workers of this process belong to it alone")
            .write_to(log_sink());
    }
    return std::move(joined.value());
}

// The supervisor looks after who leads, also in a process that has nothing to run yet.
void take_part() {
    Process& process = *Process::current();
    if (process.orphaned()) {
        return;
    }
    Status started = process.start_supervisor();
    // A loop that runs for another scope has not seen this one yet.
    process.loop().wake();
    if (!started.ok()) {
        LogEvent(LogLevel::warning, "", "start_failed").field("error", started.message()).write_to(log_sink());
    }
}

Status load(Scope& scope) {
    Status error;
    Registry& registry = Process::current()->registry();
    if (!registry.load_due(scope, &error)) {
        return error;
    }
    Result<ScopeSpec> declared = read_declarations(scope.key());
    // Also where they are wrong: a Result has a value beside its error.
    declared.value().shutdown_grace = BGW_G(shutdown_grace);
    std::unique_ptr<SharedScope> shared = declared.ok() ? join_shared(scope.key(), declared.value()) : nullptr;
    const bool has_shared = shared != nullptr;
    Status loaded = registry.adopt(scope, std::move(declared), InheritedSettings::capture(),
                                   std::chrono::steady_clock::now(), std::move(shared));
    // After adopt(): the supervisor looks for what is shared in the registry.
    if (has_shared) {
        take_part();
    }
    if (!loaded.ok()) {
        LogEvent(LogLevel::warning, "", "config_error").field("error", loaded.message()).write_to(log_sink());
    }
    return loaded;
}

// False: it may work later (no descriptors, no memory), so nothing more is tried now. What can never start is logged,
// and is done with.
bool start_declared_workers(Scope& scope) {
    Process& process = *Process::current();
    for (const WorkerSpec& spec : scope.spec().workers) {
        // A job is planned without being asked for, since its time may come before anybody asks.
        if (spec.num < 1 && !spec.every) {
            continue;
        }
        Result<Worker*> worker = process.registry().worker(scope, spec.name);
        Status started = worker.ok() ? process.start_worker(*worker.value()) : worker.status();
        if (!started.ok()) {
            LogEvent(LogLevel::warning, spec.name, "start_failed")
                .field("error", started.message())
                .write_to(log_sink());
        }
        if (worker.ok() && !started.ok()) {
            return false;
        }
    }
    return true;
}

// Where one server has many processes, a job runs in each of them, which its author may not expect.
void tell_of_jobs(Scope& scope) {
    if (!host_is("fpm-fcgi") && !host_is("apache2handler")) {
        return;
    }
    for (const WorkerSpec& spec : scope.spec().workers) {
        if (spec.every && (!spec.shared || scope.shared() == nullptr)) {
            LogEvent(LogLevel::notice, spec.name, "job_in_each_process")
                .field("why", "each process of this server runs the job on its own")
                .write_to(log_sink());
        }
    }
}

// Some request of the scope wanted it: each later one, and each call of the API, tries until it is done.
void autostart(Scope& scope) {
    // Each call of the API comes here, mostly long after it was done: nobody asks the clock then.
    if (!scope.autostart_wanted() || !scope.autostart_due(std::chrono::steady_clock::now())) {
        return;
    }
    Process& process = *Process::current();
    // An orphan and a process that ends would try in vain at each request, and log it.
    if (process.orphaned() || process.supervisor().stopping() || !load(scope).ok()) {
        return;
    }
    if (start_declared_workers(scope) && scope.autostart_done()) {
        tell_of_jobs(scope);
    }
}

// Where PHP's own messages go, which may not be where ours would have gone: PHP falls back to its host.
void tell_of_log() {
    char defect[512];
    if (current_worker() == nullptr && log_sink().take_untold_defect() &&
        log_sink().describe_defect(defect, sizeof(defect))) {
        // No std::string: php_log_err() may bail out.
        char text[600];
        snprintf(text, sizeof(text), "bgworkers: the log cannot be written: %s", defect);
        php_log_err(text);
    }
}

bool is_configured() { return is_set(BGW_G(config)) || is_set(BGW_G(entrypoint)); }

void look_up_scope() {
    if (BGW_G(scope) == nullptr || !same_key(BGW_G(scope)->key())) {
        // First, for what follows may throw: no scope is right then, the last request's is not.
        BGW_G(scope) = nullptr;
        BGW_G(read_cache) = nullptr;
        BGW_G(scope) = &Process::current()->registry().scope(
            {text(BGW_G(config)), text(BGW_G(entrypoint)), text(BGW_G(scope_label))});
    }
    if (starts_by_itself()) {
        BGW_G(scope)->want_autostart();
    }
    if (BGW_G(read_cache) == nullptr) {
        BGW_G(read_cache) = read_cache::of_scope(BGW_G(scope));
    }
}

void enter_configured_scope() {
    look_up_scope();
    autostart(*BGW_G(scope));
}

}  // namespace

void find_scope() {
    // Until all of it is done, the next request looks again.
    BGW_G(scope_known) = false;
    tell_of_log();
    if (!is_configured()) {
        BGW_G(scope) = nullptr;
        BGW_G(read_cache) = nullptr;
        BGW_G(scope_known) = true;
        return;
    }
    // Some hundred calls of PHP's, once, for those alone who may have workers; here, since a script may choose another
    // zone for itself.
    if (!log_sink().has_time_zone()) {
        log_sink().set_time_zone(time_zone_of_php());
    }
    try {
        enter_configured_scope();
        // Without memory for the cache a read would find no place, so the next request tries again.
        BGW_G(scope_known) = BGW_G(read_cache) != nullptr;
    } catch (const std::bad_alloc&) {
        // The request goes on; whoever needs the scope in it looks it up again.
    }
}

void enter_scope_of_worker(Scope& scope) {
    BGW_G(scope) = &scope;
    BGW_G(read_cache) = read_cache::of_scope(&scope);
}

Status usable_now() {
    if (!sapi_shield::php_is_starting()) {
        return {};
    }
    const zend_function* caller = EG(current_execute_data) == nullptr ? nullptr : EG(current_execute_data)->func;
    const bool has_name = caller != nullptr && caller->common.function_name != nullptr;
    return Status::runtime((has_name ? std::string(ZSTR_VAL(caller->common.function_name)) + "()" : "bgworkers") +
                           " cannot be used while PHP starts (opcache.preload): no worker can run yet; call it in a "
                           "request");
}

std::string edited_file(Scope& scope) {
    std::string file = scope.loaded() ? scope.spec().files.edited() : "";
    if (!file.empty() && scope.note_edit()) {
        LogEvent(LogLevel::warning, "", "config_edited")
            .field("file", file)
            .field("why", "it was edited after this process had read it; reload the host")
            .write_to(log_sink());
    }
    return file;
}

Status with_edit(Scope& scope, const Status& refusal) {
    const std::string file = edited_file(scope);
    return file.empty()
               ? refusal
               : Status::error(refusal.kind(), refusal.message() + "; " + file +
                                                   " was edited after this process had read it: reload the host");
}

WorkerContext* caller_in_run(const char* function) {
    WorkerContext* worker = current_worker();
    if (worker != nullptr && worker->in_run) {
        return worker;
    }
    // The better reason of two: while PHP starts, not even a declared script could call it.
    if (const ErrorKind error = hold_result([] { return usable_now(); }); error != ErrorKind::none) {
        throw_held(error);
        return nullptr;
    }
    zend_throw_exception_ex(spl_ce_RuntimeException, 0,
                            "BgWorkers\\%s() can be called in a background worker only: declare this script in a "
                            "workers file, it is started when something calls BgWorkers\\get_vars(); a request hands "
                            "work to a worker with BgWorkers\\send_task()",
                            function);
    return nullptr;
}

Result<Scope*> loaded_scope() {
    if (Status usable = usable_now(); !usable.ok()) {
        return usable;
    }
    tell_of_log();
    // Memory was out when the request began.
    if (BGW_G(read_cache) == nullptr && current_worker() != nullptr) {
        enter_scope_of_worker(*BGW_G(scope));
    } else if (BGW_G(read_cache) == nullptr && is_configured()) {
        look_up_scope();
    }
    Scope* scope = BGW_G(scope);
    if (scope != nullptr && BGW_G(read_cache) == nullptr) {
        return Status::runtime("out of memory");
    }
    if (scope == nullptr) {
        return Status::runtime(
            "no background workers are configured: set bgworkers.config to a workers file, or bgworkers.entrypoint to "
            "a script, in php.ini");
    }
    if (!scope->loaded()) {
        if (Status status = load(*scope); !status.ok()) {
            return status;
        }
    }
    autostart(*scope);
    return scope;
}

Status find_entry(zend_string* name, CacheEntry** entry) {
    Result<Scope*> scope = loaded_scope();
    if (!scope.ok()) {
        return scope.status();
    }
    *entry = read_cache::find(BGW_G(read_cache), name);
    if (*entry != nullptr) {
        return {};
    }
    Result<Worker*> worker =
        Process::current()->registry().worker(*scope.value(), std::string(ZSTR_VAL(name), ZSTR_LEN(name)));
    if (!worker.ok()) {
        return with_edit(*scope.value(), worker.status());
    }
    *entry = read_cache::add(BGW_G(read_cache), name, worker.value());
    return *entry == nullptr ? Status::runtime("out of memory") : Status();
}

}  // namespace bgworkers
