#include "support/fake_host.h"

#include <cstring>

#include <algorithm>
#include <utility>

#include "core/os/quiet_thread.h"
#include "core/workers/instance_events.h"
#include "support/failing_new.h"

namespace bgworkers::test {

void RecordingLog::write(LogLevel, std::string_view line) noexcept {
    SparedFromFailingNew spared;
    std::lock_guard<std::mutex> lock(mutex_);
    lines_.emplace_back(line);
}

std::vector<std::string> RecordingLog::lines(std::vector<std::string> parts) const {
    std::lock_guard<std::mutex> lock(mutex_);
    std::vector<std::string> found;
    for (const std::string& line : lines_) {
        if (std::all_of(parts.begin(), parts.end(),
                        [&](auto& part) { return (line + " ").find(part) != std::string::npos; })) {
            found.push_back(line);
        }
    }
    return found;
}

class FakeThread : public WorkerThread {
public:
    static Result<std::unique_ptr<WorkerThread>> create(FakeHost& host, Instance& instance) {
        auto thread = std::make_unique<FakeThread>(host, instance);
        if (int error = start_quiet_thread(&thread->thread_, 1024 * 1024, entry, thread.get()); error != 0) {
            return Status::runtime(std::string("cannot create a thread: ") + uv_strerror(error));
        }
        return std::unique_ptr<WorkerThread>(std::move(thread));
    }
    FakeThread(FakeHost& host, Instance& instance) : host_(host), instance_(instance) {}

    void begin_run() noexcept override {
        tell([this] {
            run_wanted_ = true;
            interrupts_ = 0;
            stops_ = 0;
        });
    }
    void retire() noexcept override {
        tell([this] { retired_ = true; });
    }
    void stop_requested() noexcept override {
        ++host_.stops;
        host_.told_late = host_.told_late || instance_.stop_channel().requested();
        tell([this] { ++stops_; });
    }
    void interrupt(bool signal) noexcept override {
        ++host_.interrupts;
        host_.signals += signal ? 1 : 0;
        tell([this] { ++interrupts_; });
    }
    void join() noexcept override {
        uv_thread_join(&thread_);
        ++host_.threads_joined;
    }
    std::string last_seen() noexcept override { return "script.php:7"; }

    bool wait_for_interrupts(int count) {
        std::unique_lock<std::mutex> lock(mutex_);
        return told_.wait_for(lock, kGenerous, [&] { return interrupts_ >= count; });
    }

    bool wait_to_be_told() {
        std::unique_lock<std::mutex> lock(mutex_);
        return told_.wait_for(lock, kGenerous, [&] { return stops_ > 0; });
    }

    // Once a run, as zend does.
    void log_ready() {
        if (!std::exchange(ready_, true)) {
            bgworkers::log_ready(instance_, 0.001, host_.log());
        }
    }

    void note_told() { ++host_.told_of; }

private:
    template <typename Change>
    void tell(Change change) {
        std::lock_guard<std::mutex> lock(mutex_);
        change();
        told_.notify_all();
    }

    bool wait_for_run() {
        std::unique_lock<std::mutex> lock(mutex_);
        told_.wait(lock, [this] { return run_wanted_ || retired_; });
        const bool run = run_wanted_;
        run_wanted_ = false;
        return run;
    }

    static void entry(void* self) { static_cast<FakeThread*>(self)->main(); }
    void main() {
        while (wait_for_run()) {
            int number = 0;
            const Script script = host_.script_of(instance_.worker().name(), &number);
            ++host_.runs;
            if (host_.announce_runs) {
                instance_.post_began();
            }
            Run run(*this, instance_, number);
            ready_ = false;
            instance_.report() = script(run);
            instance_.post(Instance::mail_ended);
        }
        if (host_.before_leaving) {
            host_.before_leaving();
        }
        instance_.post(Instance::mail_gone);
    }

    FakeHost& host_;
    Instance& instance_;
    bool ready_ = false;
    uv_thread_t thread_{};
    std::mutex mutex_;
    std::condition_variable told_;
    bool run_wanted_ = false;
    bool retired_ = false;
    int interrupts_ = 0;
    int stops_ = 0;
};

void Run::publish_without_waking(uint64_t value) {
    instance_.leave(Instance::mail_published);
    thread_.log_ready();
    publish_without_mail(value);
}

uint64_t Run::publish_without_mail(uint64_t value) {
    SharedWorker* const shared = worker().shared();
    if (shared == nullptr) {
        return worker().slot().publish(make_snapshot(value));
    }
    size_t bytes = 0;
    uint64_t version = 0;
    const Status published = shared->publish(
        [value](const SharedWorker::TakeMemory& take) -> Status {
            Result<void*> memory = take(sizeof(value));
            if (memory.ok()) {
                std::memcpy(memory.value(), &value, sizeof(value));
            }
            return memory.status();
        },
        &bytes, &version);
    if (published.ok()) {
        worker().slot().published_elsewhere();
    }
    return version;
}

void Run::publish(uint64_t value) {
    publish_without_waking(value);
    instance_.wake();
    thread_.note_told();
}

void Run::post_published() {
    instance_.post(Instance::mail_published);
    thread_.log_ready();
}

bool Run::wait_for_stop() {
    return eventually([this] {
        instance_.stop_channel().wait(100);
        return has_to_stop();
    });
}

bool Run::wait_for_interrupts(int count) { return thread_.wait_for_interrupts(count); }

bool Run::wait_to_be_told() { return thread_.wait_to_be_told(); }

RunReport good_run() {
    RunReport report;
    report.summary = {true, true, 2, 1.5};
    return report;
}

RunReport crash(int exit_status, std::string error) {
    RunReport report;
    report.exit_status = exit_status;
    report.error = std::move(error);
    report.summary = {false, false, 0.01, 0.01};
    return report;
}

RunReport silent_run(double lived) {
    RunReport report;
    report.summary = {true, false, lived, lived};
    return report;
}

RunReport killed_run() {
    RunReport report;
    report.killed = true;
    report.exit_status = 255;
    report.summary = {false, true, 2, 1.5};
    return report;
}

RunReport run_that_killed_itself() {
    RunReport report = killed_run();
    report.killed_itself = true;
    report.exit_status = 137;
    report.error = "ended by its own SIGKILL";
    return report;
}

Result<std::unique_ptr<WorkerThread>> FakeHost::create_thread(Instance& instance) {
    if (refusals_ > 0) {
        --refusals_;
        return Status::runtime("cannot create a thread: resource temporarily unavailable");
    }
    Result<std::unique_ptr<WorkerThread>> thread = FakeThread::create(*this, instance);
    threads_made += thread.ok() ? 1 : 0;
    return thread;
}

void FakeHost::script(const std::string& name, Script script) {
    std::lock_guard<std::mutex> lock(mutex_);
    scripts_[name] = std::move(script);
}

Script FakeHost::script_of(const std::string& name, int* number) {
    std::lock_guard<std::mutex> lock(mutex_);
    *number = ++runs_of_[name];
    auto found = scripts_.find(name);
    if (found != scripts_.end()) {
        return found->second;
    }
    return [](Run& run) {
        run.publish();
        run.wait_for_stop();
        return good_run();
    };
}

WorkerSpec spec_named(const std::string& name, int num) {
    WorkerSpec spec;
    spec.name = name;
    spec.script = "/nowhere/" + name + ".php";
    spec.num = num;
    return spec;
}

Rig::Rig(std::vector<WorkerSpec> specs, int max_threads, double shutdown_grace, std::unique_ptr<SharedScope> shared,
         ProcessFacts* facts)
    : registry(
          max_threads, [](void* rig) { static_cast<Rig*>(rig)->loop.wake(); }, this),
      supervisor(registry, host, loop, facts),
      scope(registry.scope({"/nowhere/workers.ini", "", ""})) {
    ScopeSpec declared;
    declared.shutdown_grace = shutdown_grace;
    for (WorkerSpec& spec : specs) {
        if (spec.name.empty()) {
            declared.catch_all = std::move(spec);
        } else {
            declared.workers.push_back(std::move(spec));
        }
    }
    (void)registry.adopt(scope, std::move(declared), nullptr, Clock::now(), std::move(shared));
}

Rig::~Rig() { shutdown(); }

Status Rig::start(Worker& worker) {
    Status started = supervisor.start();
    if (started.ok()) {
        worker.request_start();
    }
    return started;
}

WaitResult Rig::start_and_wait(Worker& worker, std::chrono::milliseconds limit) {
    const uint32_t failures = worker.slot().waiters().launch_failures();
    if (!start(worker).ok()) {
        return WaitResult::launch_failed;
    }
    return worker.slot().waiters().wait(Clock::now() + limit, failures);
}

std::vector<std::string> Rig::shutdown(bool process_ends, double stuck_limit) {
    ShutdownPlan plan;
    plan.process_ends = process_ends;
    plan.stuck_limit = stuck_limit;
    return supervisor.shutdown(plan);
}

bool Rig::wait_for_state(Worker& worker, WorkerState state) {
    return eventually([&] { return worker.facts().state == state; });
}

Rig& abandoned_rig(std::vector<WorkerSpec> specs) {
    static std::vector<Rig*>* const graveyard = new std::vector<Rig*>;  // found by the leak checker, never destroyed
    graveyard->push_back(new Rig(std::move(specs)));
    return *graveyard->back();
}

}  // namespace bgworkers::test
