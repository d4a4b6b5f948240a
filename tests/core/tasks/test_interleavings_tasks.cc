// Orders of steps that a task must survive, each forced by a sync point.
#include <catch2/catch_test_macros.hpp>

#include "support/sync_points.h"
#include "tasks/task_support.h"

using namespace bgworkers;
using namespace bgworkers::test;
using namespace std::chrono_literals;

TEST_CASE("what comes between a look and the sleep is not missed", "[tasks][interleaving]") {
    struct Row {
        const char* name;
        const char* place;
        void (*wait)(TaskRig&, Task*);
        void (*happen)(TaskRig&, Task*);
    };
    const Row rows[] = {
        {"receive, sent", "task_queue.receive.before_sleep",
         [](TaskRig& rig, Task*) { rig.finish(rig.receive(0, Clock::now() + 3 * kGenerous)); },
         [](TaskRig& rig, Task*) { rig.queue.sender_left(rig.send()); }},
        {"receive, woken", "task_queue.receive.before_sleep",
         [](TaskRig& rig, Task*) { CHECK(rig.receive(0, Clock::now() + 3 * kGenerous) == nullptr); },
         [](TaskRig& rig, Task*) { rig.queue.wake(0); }},
        {"await, cancelled by another", "task_queue.await.before_sleep",
         [](TaskRig& rig, Task* task) { CHECK(rig.queue.await(*task, Clock::now() + 3 * kGenerous)); },
         [](TaskRig& rig, Task* task) { rig.queue.cancel(*task); }},
        {"await, dropped", "task_queue.await.before_sleep",
         [](TaskRig& rig, Task* task) { CHECK(rig.queue.await(*task, Clock::now() + 3 * kGenerous)); },
         [](TaskRig& rig, Task*) { rig.queue.close(); }},
        {"await, rejected", "task_queue.await.before_sleep",
         [](TaskRig& rig, Task* task) { CHECK(rig.queue.await(*task, Clock::now() + 3 * kGenerous)); },
         [](TaskRig& rig, Task*) { rig.queue.set_given_up(true); }},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        TaskRig rig;
        Task* task = std::string(row.place).find("await") != std::string::npos ? rig.send() : nullptr;
        StopAt stop(row.place);
        Threads waiter, other;
        std::atomic<bool> under_way{false};
        waiter.run([&] { row.wait(rig, task); });
        REQUIRE(stop.wait_until_reached());
        other.run([&] {
            under_way = true;
            row.happen(rig, task);
        });
        REQUIRE(eventually([&] { return under_way.load(); }));
        std::this_thread::sleep_for(5ms);  // time to notify nobody
        const auto let_go = Clock::now();
        stop.let_go();
        waiter.join();
        other.join();
        CHECK(seconds_since(let_go) < 10);
        if (task != nullptr) {
            rig.queue.sender_left(task);
        }
        CHECK(rig.memory.used() == 0);
    }
}

TEST_CASE("a sender that leaves while its task is being finished frees nothing under the worker",
          "[tasks][interleaving]") {
    TaskRig rig;
    Task* sent = rig.send();
    Task* open = rig.receive();
    StopAt stop("task_queue.aftermath");  // finished, and nobody told yet
    Threads worker;
    worker.run([&] { rig.finish(open); });
    REQUIRE(stop.wait_until_reached());
    CHECK(sent->outcome() == TaskOutcome::done);
    rig.queue.sender_left(sent);
    CHECK(Task::live_count() == 1);
    stop.let_go();
    worker.join();
    CHECK(Task::live_count() == 0);
    CHECK(rig.memory.used() == 0);
}

TEST_CASE("a task that expires while it is being received goes to the one that is first", "[tasks][interleaving]") {
    TaskRig rig;
    Task* sent = rig.send(1, Clock::now() + 1000s);
    StopAt stop("task_queue.aftermath");
    Threads worker;
    Task* open = nullptr;
    worker.run([&] { open = rig.receive(); });
    REQUIRE(stop.wait_until_reached());  // received
    rig.queue.look(Clock::now() + 2000s);
    CHECK(sent->outcome() == TaskOutcome::expired);
    stop.let_go();
    worker.join();
    REQUIRE(open == sent);
    CHECK(rig.queue.is_cancelled(*open));
    rig.finish(open);
    CHECK(TaskRig::adds_up(rig.queue.facts()));
    rig.queue.sender_left(sent);
}

TEST_CASE("a kill that ends the run finds what a finish has left, and the other way round", "[tasks][interleaving]") {
    TaskRig rig;
    Task* sent = rig.send();
    Task* open = rig.receive();
    StopAt stop("task_queue.aftermath");
    Threads supervisor;
    supervisor.run([&] { rig.queue.abort_open(0, nullptr); });  // stuck, says the supervisor
    REQUIRE(stop.wait_until_reached());
    CHECK(rig.finish(open) == Closed::yes);  // and then it comes back
    rig.queue.end_run(0, TaskOutcome::aborted, nullptr);
    stop.let_go();
    supervisor.join();
    CHECK(sent->outcome() == TaskOutcome::aborted);
    CHECK(sent->result() == nullptr);
    CHECK(rig.ended(TaskOutcome::aborted) == 1);
    rig.queue.sender_left(sent);
    CHECK(rig.memory.used() == 0);
}
