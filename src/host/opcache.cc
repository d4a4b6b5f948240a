#include "host/opcache.h"

#include <atomic>
#include <new>
#include <vector>

#include "host/log_sink.h"
#include "host/php.h"
#include "host/process.h"

namespace bgworkers {
namespace opcache {

namespace {

std::string_view setting(const char* name) {
    const char* value = zend_ini_string_ex(name, strlen(name), 0, nullptr);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

bool is_loaded() { return zend_hash_str_exists(EG(ini_directives), ZEND_STRL("opcache.enable")); }

bool preloads_with_jit() {
    const std::string_view jit = setting("opcache.jit");
    const std::string_view buffer = setting("opcache.jit_buffer_size");
    const bool off = jit.empty() || jit == "0" || jit == "off" || jit == "disable" || buffer.empty() || buffer == "0";
    return !setting("opcache.preload").empty() && !off;
}

std::atomic<bool> restart_announced{false};

// False: out of memory. It is called from C frames, which no exception may pass.
bool tell_opted_in_workers(Process& process, Instance::Mail mail) noexcept try {
    std::vector<Worker*> workers;
    process.registry().all_workers(&workers);
    for (Worker* worker : workers) {
        if (worker->spec().opcache) {
            for (auto& instance : worker->instances()) {
                instance->post(mail);
            }
        }
    }
    return true;
} catch (const std::bad_alloc&) {
    return false;
}

#if PHP_VERSION_ID >= 80400
void (*next_restart_hook)(int) = nullptr;

// On the thread that schedules the restart, perhaps in the middle of a compilation: it only posts mail.
void on_restart_scheduled(int reason) {
    if (Process* process = Process::current(); process != nullptr && !process->orphaned()) {
        // Those that it cannot tell run on, and OPcache restarts later.
        static_cast<void>(tell_opted_in_workers(*process, Instance::mail_hold));
        // After the mail: a request that begins in between would resume first, and then the hold would stay.
        restart_announced.store(true);
    }
    if (next_restart_hook != nullptr) {
        next_restart_hook(reason);
    }
}
#endif

}  // namespace

void install() noexcept {
#if PHP_VERSION_ID >= 80400
    if (zend_accel_schedule_restart_hook != on_restart_scheduled) {
        next_restart_hook = zend_accel_schedule_restart_hook;
        zend_accel_schedule_restart_hook = on_restart_scheduled;
    }
#endif
}

void uninstall() noexcept {
#if PHP_VERSION_ID >= 80400
    if (zend_accel_schedule_restart_hook == on_restart_scheduled) {
        zend_accel_schedule_restart_hook = next_restart_hook;
    }
#endif
}

void resume_workers(Process& process) {
    // Each request comes by: most pay one load. The exchange leaves it to one of those that come at once.
    if (restart_announced.load(std::memory_order_relaxed) && restart_announced.exchange(false)) {
        if (!tell_opted_in_workers(process, Instance::mail_resume)) {
            restart_announced.store(true);  // the next request tries again
        }
    }
}

void warn_of_risks(Worker& worker) {
    if (!is_loaded()) {
        return;
    }
    // It is about the process, whichever worker starts first.
    static std::atomic<bool> warned_of_preloading{false};
    if (preloads_with_jit() && !warned_of_preloading.exchange(true)) {
        LogEvent(LogLevel::warning, worker.name(), "opcache_risk")
            .field("why", "opcache.preload with JIT: a restart of OPcache rewrites preloaded code that workers share")
            .write_to(log_sink());
    }
    if (worker.spec().opcache && zend_ini_long("opcache.protect_memory", strlen("opcache.protect_memory"), 0) != 0) {
        LogEvent(LogLevel::warning, worker.name(), "opcache_risk")
            .field("why", "opcache.protect_memory knows no threads: PHP crashes where two of them use OPcache")
            .write_to(log_sink());
    }
    if (worker.spec().opcache) {
        LogEvent(LogLevel::warning, worker.name(), "opcache_risk")
            .field("why",
                   "opcache=1: safe only where OPcache never restarts (no opcache_reset(), a cache that is "
                   "large enough)")
            .write_to(log_sink());
    }
}

}  // namespace opcache
}  // namespace bgworkers
