// What the supervisor does for tasks: times that nobody else looks at, runs that tasks end, and the end of the process.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "support/fake_host.h"
#include "support/sync_points.h"

using namespace bgworkers;
using namespace bgworkers::test;
using namespace std::chrono_literals;

namespace {

Task* make_task(Worker& worker, Task::TimePoint deadline = Task::kNever) {
    return Task::make(worker.tasks(), make_snapshot(1), deadline, false, nullptr);
}

Task* send(Worker& worker, Task::TimePoint deadline = Task::kNever) {
    Task* task = make_task(worker, deadline);
    REQUIRE(worker.tasks().offer(*task, Clock::now() + kGenerous) == Offered::queued);
    return task;
}

// As a script does; nullptr: the run has to stop.
Task* receive(Run& run) {
    TaskQueue& tasks = run.worker().tasks();
    while (!run.has_to_stop() || (tasks.is_draining() && !tasks.is_empty())) {
        Task* task = nullptr;
        const Receipt receipt = tasks.receive(run.instance().index(), Clock::now() + 1s, &task);
        if (receipt == Receipt::task) {
            task->take_payload()->unpin();
            return task;
        }
        if (receipt == Receipt::enough) {
            return nullptr;
        }
    }
    return nullptr;
}

Closed finish(Run& run, Task* task) {
    const Closed closed = run.worker().tasks().fail(*task, nullptr);
    task->release();
    return closed;
}

// As host/script_run does when the run is over.
RunReport end(Run& run, RunReport report) {
    run.worker().tasks().end_run(run.instance().index(), TaskOutcome::aborted, nullptr);
    return report;
}

RunReport worked() {
    RunReport report = silent_run(0.1);
    report.summary.finished_task = true;
    return report;
}

uint64_t ended(Worker& worker, TaskOutcome outcome) { return worker.tasks().facts().ended[static_cast<int>(outcome)]; }

}  // namespace

TEST_CASE("a queued task expires although nobody looks at it", "[supervisor][tasks]") {
    Rig rig({spec_named("w")});
    Worker& worker = rig.worker("w");
    REQUIRE(rig.start_and_wait(worker) == WaitResult::ready);
    Task* late = send(worker, Clock::now() + 3600s);
    Task* sooner = send(worker, Clock::now() + 30ms);
    CHECK(eventually([&] { return sooner->outcome() == TaskOutcome::expired; }));
    CHECK_FALSE(late->is_settled());
    worker.tasks().sender_left(late);
    worker.tasks().sender_left(sooner);
}

TEST_CASE("a run whose task is open beyond task_timeout and the grace is killed, and paced as a crash",
          "[supervisor][tasks]") {
    WorkerSpec spec = spec_named("w");
    spec.task_timeout = 0.03;
    spec.shutdown_grace = 0.05;
    Rig rig({spec});
    Gate received;
    rig.host.script("w", [&](Run& run) {
        Task* task = receive(run);
        if (task == nullptr) {
            return end(run, good_run());
        }
        received.open();
        run.wait_for_interrupts();
        task->release();
        return end(run, killed_run());
    });
    Worker& worker = rig.worker("w");
    REQUIRE(rig.start(worker).ok());
    Task* task = send(worker);
    REQUIRE(received.wait());
    CHECK(worker.tasks().await(*task, Clock::now() + kGenerous));
    CHECK(task->outcome() == TaskOutcome::aborted);
    REQUIRE(task->error() != nullptr);
    CHECK(task->error()->message == "it ran longer than 0.03 s");
    CHECK(rig.host.lines().wait_for({"event=task_timeout", "limit=0.03"}));
    CHECK(rig.host.lines().wait_for({"event=killed"}));
    CHECK(eventually([&] { return worker.facts().crashes == 1; }));
    worker.tasks().sender_left(task);
}

TEST_CASE("a run that has had max_tasks is asked to stop, and the next one begins at once", "[supervisor][tasks]") {
    WorkerSpec spec = spec_named("w");
    spec.max_tasks = 1;
    Rig rig({spec});
    rig.host.script("w", [&](Run& run) {
        RunReport report = worked();
        while (Task* task = receive(run)) {
            if (finish(run, task) == Closed::last_of_the_run) {
                report.summary.had_enough = true;
                run.instance().stop_channel().request_stop();
                run.instance().post(Instance::mail_enough);
            }
        }
        return end(run, report);
    });
    Worker& worker = rig.worker("w");
    REQUIRE(rig.start(worker).ok());
    const auto began = Clock::now();
    for (int i = 0; i < 20; ++i) {  // paced as bad runs these would take a minute
        Task* task = send(worker);
        CHECK(worker.tasks().await(*task, Clock::now() + kGenerous));
        worker.tasks().sender_left(task);
    }
    CHECK(seconds_since(began) < 10);
    CHECK(worker.facts().consecutive_failures == 0);
    CHECK(rig.host.lines().count({"event=stop"}) >= 10);
}

TEST_CASE("tasks hear that a worker has given up, until a run asks for one", "[supervisor][tasks]") {
    WorkerSpec spec = spec_named("w");
    spec.max_consecutive_failures = 1;
    Rig rig({spec});
    Gate fail;
    rig.host.script("w", [&](Run& run) {
        fail.wait();
        return end(run, crash(3));
    });
    Worker& worker = rig.worker("w");
    REQUIRE(rig.start(worker).ok());
    Task* task = send(worker);
    fail.open();
    CHECK(worker.tasks().await(*task, Clock::now() + kGenerous));
    CHECK(task->outcome() == TaskOutcome::rejected);
    worker.tasks().sender_left(task);
    Task* more = make_task(worker);
    CHECK(worker.tasks().offer(*more, Clock::now() + kGenerous) == Offered::given_up);
    worker.instances()[0]->post(Instance::mail_asked);
    CHECK(eventually([&] { return worker.tasks().offer(*more, Task::TimePoint::min()) == Offered::queued; }));
    worker.tasks().sender_left(more);
}

TEST_CASE("a shutdown hands out what is queued", "[supervisor][tasks]") {
    Rig rig({spec_named("w")});
    std::atomic<int> done{0};
    Gate go;
    rig.host.script("w", [&](Run& run) {
        go.wait();
        while (Task* task = receive(run)) {
            finish(run, task);
            ++done;
        }
        return end(run, good_run());
    });
    Worker& worker = rig.worker("w");
    REQUIRE(rig.start(worker).ok());
    for (int i = 0; i < 10; ++i) {
        worker.tasks().sender_left(send(worker));
    }
    Threads shutdown;
    shutdown.run([&] { rig.shutdown(); });
    REQUIRE(eventually([&] { return worker.tasks().is_draining(); }));
    Task* late = make_task(worker);
    CHECK(worker.tasks().offer(*late, Clock::now() + kGenerous) == Offered::closed);
    late->release();
    go.open();
    shutdown.join();
    CHECK(done == 10);
    CHECK(rig.host.lines().count({"event=dropped"}) == 0);
}

TEST_CASE("a worker that has not been started when the process ends does what was sent to it", "[supervisor][tasks]") {
    Rig rig({spec_named("w")});
    std::atomic<int> done{0};
    rig.host.script("w", [&](Run& run) {
        while (Task* task = receive(run)) {
            finish(run, task);
            ++done;
        }
        return end(run, good_run());
    });
    Worker& worker = rig.worker("w");
    REQUIRE(rig.supervisor.start().ok());
    StopAt stop("instance.post.before_wake");  // posted, and the supervisor does not know
    std::atomic<bool> started{false};
    Threads starter;
    starter.run([&] { started = rig.start(worker).ok(); });
    REQUIRE(stop.wait_until_reached());
    for (int i = 0; i < 5; ++i) {
        worker.tasks().sender_left(send(worker));
    }
    rig.shutdown();
    CHECK(done == 5);
    CHECK(rig.host.lines().count({"event=dropped"}) == 0);
    stop.let_go();
    starter.join();
    CHECK(started);
}

TEST_CASE("what is left of tasks at the end of the process is dropped and told", "[supervisor][tasks]") {
    const char* how = GENERATE("no run is under way", "the run ends without a look", "the grace is over");
    INFO(how);
    const std::string case_name = how;
    WorkerSpec spec = spec_named("w");
    spec.shutdown_grace = 0.05;
    Rig rig({spec});
    rig.host.script("w", [&](Run& run) {
        if (case_name == "no run is under way") {
            return end(run, crash());
        }
        run.publish();
        run.wait_for_stop();
        if (case_name == "the grace is over") {
            run.wait_for_interrupts();
            return end(run, killed_run());
        }
        return end(run, good_run());
    });
    Worker& worker = rig.worker("w");
    REQUIRE(rig.start(worker).ok());
    if (case_name == "no run is under way") {
        REQUIRE(rig.wait_for_state(worker, WorkerState::backoff));
    }
    Task* tasks[3] = {send(worker), send(worker), send(worker)};
    rig.shutdown();
    for (Task* task : tasks) {
        CHECK(task->outcome() == TaskOutcome::dropped);
        worker.tasks().sender_left(task);
    }
    CHECK(rig.host.lines().count({"event=dropped", "tasks=3"}) == 1);
    CHECK(ended(worker, TaskOutcome::dropped) == 3);
}

TEST_CASE("the task of a thread that is stuck is told at once", "[supervisor][tasks]") {
    WorkerSpec spec = spec_named("w");
    spec.shutdown_grace = 0;
    Rig rig({spec});
    Gate received, let_go;
    rig.host.script("w", [&](Run& run) {
        Task* task = receive(run);
        received.open();
        let_go.wait();
        if (task != nullptr) {
            finish(run, task);
        }
        return end(run, killed_run());
    });
    Worker& worker = rig.worker("w");
    REQUIRE(rig.start(worker).ok());
    Task* task = send(worker);
    REQUIRE(received.wait());
    worker.instances()[0]->post(Instance::mail_hold);
    CHECK(worker.tasks().await(*task, Clock::now() + kGenerous));
    CHECK(task->outcome() == TaskOutcome::aborted);
    CHECK(task->error()->message == "its thread is stuck and cannot be stopped");
    let_go.open();
    worker.tasks().sender_left(task);
}
