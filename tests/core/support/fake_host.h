// A host without PHP. Its threads are real; their scripts are C++ functions that tell how the run ended, so
// that a run may claim to have lived for hours.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "core/supervise/supervisor.h"
#include "core/workers/registry.h"
#include "support/support.h"

namespace bgworkers::test {

class RecordingLog : public LogSink {
public:
    void write(LogLevel level, std::string_view line) noexcept override;
    std::string file() const override { return path; }
    std::string path;  // as if it were a file there; before the first start
    // The lines that hold all of the parts.
    std::vector<std::string> lines(std::vector<std::string> parts) const;
    size_t count(std::vector<std::string> parts) const { return lines(std::move(parts)).size(); }
    bool wait_for(std::vector<std::string> parts, size_t times = 1) const {
        return eventually([&] { return count(parts) >= times; });
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

class FakeThread;

// What a script may do and see.
class Run {
public:
    Run(FakeThread& thread, Instance& instance, int number) : number(number), thread_(thread), instance_(instance) {}
    const int number;  // 1 for the first of this name since the host exists

    Instance& instance() { return instance_; }
    Worker& worker() { return instance_.worker(); }
    void publish(uint64_t value = 1);
    // As publish(), when the supervisor has not been woken yet.
    void publish_without_waking(uint64_t value = 1);
    // As publish(), in its two steps.
    uint64_t publish_without_mail(uint64_t value = 1);
    void post_published();

    bool has_to_stop() { return instance_.stop_channel().requested(); }
    // As a script that waits on its handle; false if the stop does not come.
    bool wait_for_stop();
    // Until the force-kill's interrupts have come this often since the run began.
    bool wait_for_interrupts(int count = 1);
    // Until the thread was told of the stop.
    bool wait_to_be_told();

private:
    FakeThread& thread_;
    Instance& instance_;
};

RunReport good_run();  // clean, published, 2 s
RunReport crash(int exit_status = 255, std::string error = "Error: broken in x.php:3");
RunReport killed_run();
RunReport silent_run(double lived);  // clean, published nothing
RunReport run_that_killed_itself();

using Script = std::function<RunReport(Run&)>;

class FakeHost : public WorkerHost {
public:
    Result<std::unique_ptr<WorkerThread>> create_thread(Instance& instance) override;
    LogSink& log() noexcept override { return log_; }
    RecordingLog& lines() { return log_; }
    ClockLook clock() noexcept override {
        ClockLook look = look_at_clock();
        look.unix_time += clock_set_by;
        return look;
    }
    std::atomic<int64_t> clock_set_by{0};  // nanoseconds

    // By the worker's name; before its start.
    void script(const std::string& name, Script script);
    // The next `times` create_thread() fail.
    void refuse_threads(int times) { refusals_ = times; }
    // A script of those workers is never begun: the thread posts no mail_began by itself.
    std::atomic<bool> announce_runs{true};
    // Called by each thread between its last run and mail_gone.
    std::function<void()> before_leaving;

    std::atomic<int> threads_made{0};
    std::atomic<int> threads_joined{0};
    std::atomic<int> interrupts{0};
    std::atomic<int> stops{0};           // stop_requested()
    std::atomic<bool> told_late{false};  // one of them after the end of the run's channel
    std::atomic<int> signals{0};
    std::atomic<int> runs{0};
    std::atomic<int> told_of{0};  // publications of which the supervisor was woken

private:
    friend class FakeThread;
    Script script_of(const std::string& name, int* number);

    RecordingLog log_;
    std::atomic<int> refusals_{0};
    std::mutex mutex_;
    std::map<std::string, Script> scripts_;
    std::map<std::string, int> runs_of_;
};

WorkerSpec spec_named(const std::string& name, int num = 0);

// Registry, supervisor and fake host, wired as host/process does it. Shuts down at the end: what its scripts use is
// made before it.
class Rig {
public:
    // shared: what processes share of its scope. facts: where others are told of its workers.
    explicit Rig(std::vector<WorkerSpec> specs, int max_threads = 64, double shutdown_grace = 5,
                 std::unique_ptr<SharedScope> shared = nullptr, ProcessFacts* facts = nullptr);
    ~Rig();

    FakeHost host;
    Registry registry;
    Loop loop;
    Supervisor supervisor;
    Scope& scope;

    Worker& worker(const std::string& name) { return *registry.worker(scope, name).value(); }
    Status start(Worker& worker);
    // As a blocked get_vars(), from start to result.
    WaitResult start_and_wait(Worker& worker, std::chrono::milliseconds limit = kGenerous);
    // Waits for threads that cannot be killed, by default.
    std::vector<std::string> shutdown(bool process_ends = false, double stuck_limit = 60);
    bool wait_for_state(Worker& worker, WorkerState state);
};

// A rig that is never torn down, for a supervisor that gave up on a stuck thread: in production the process ends then.
Rig& abandoned_rig(std::vector<WorkerSpec> specs);

}  // namespace bgworkers::test
