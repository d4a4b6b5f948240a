// The queue of one worker: order, room, outcomes, times. Threads only where something has to wait.
#include <catch2/catch_test_macros.hpp>

#include "tasks/task_support.h"

using namespace bgworkers;
using namespace bgworkers::test;
using namespace std::chrono_literals;

namespace {

TaskLimits with_room_for(int queue) {
    TaskLimits limits;
    limits.queue = queue;
    return limits;
}

}  // namespace

TEST_CASE("a task comes to the worker, its result to the sender", "[tasks]") {
    const uint64_t blocks = Snapshot::live_count();
    {
        TaskRig rig;
        Task* sent = rig.send(7);
        CHECK_FALSE(sent->is_settled());
        uint64_t value = 0;
        Task* open = rig.receive(0, kAtOnce, &value);
        REQUIRE(open == sent);
        CHECK(value == 7);
        CHECK(rig.queue.facts().running == 1);
        CHECK(rig.queue.facts().busy == 1);
        CHECK(rig.finish(open, 8) == Closed::yes);
        REQUIRE(rig.queue.await(*sent, kAtOnce));
        CHECK(sent->outcome() == TaskOutcome::done);
        CHECK(words_of(sent->result())[0] == 8);
        CHECK(rig.queue.facts().busy == 0);
        rig.queue.sender_left(sent);
        CHECK(rig.memory.used() == 0);
        CHECK(rig.queue.facts().sent == 1);
    }
    CHECK(Task::live_count() == 0);
    CHECK(Snapshot::live_count() == blocks);
}

TEST_CASE("what was sent first is received first", "[tasks]") {
    TaskRig rig;
    Task* sent[5];
    for (uint64_t i = 0; i < 5; ++i) {
        sent[i] = rig.send(i);
    }
    rig.queue.cancel(*sent[2]);
    for (uint64_t expected : {0, 1, 3, 4}) {
        uint64_t value = 99;
        Task* open = rig.receive(0, kAtOnce, &value);
        CHECK(value == expected);
        rig.finish(open);
    }
    CHECK(rig.receive() == nullptr);
    for (Task* task : sent) {
        rig.queue.sender_left(task);
    }
    CHECK(rig.memory.used() == 0);
}

TEST_CASE("a full queue refuses, or waits for room", "[tasks]") {
    TaskRig rig(with_room_for(1));
    Task* first = rig.send();
    Task* second = rig.make();
    const auto began = Clock::now();
    CHECK(rig.queue.offer(*second, began + 30ms) == Offered::full);
    CHECK(seconds_since(began) >= 0.03);
    CHECK_FALSE(rig.queue.has_room());
    CHECK(rig.queue.facts().sent == 1);  // nobody has sent it yet
    rig.queue.reject();
    CHECK(rig.ended(TaskOutcome::rejected) == 1);
    CHECK(TaskRig::adds_up(rig.queue.facts()));

    Threads sender;
    Offered offered = Offered::full;
    sender.run([&] { offered = rig.queue.offer(*second, Clock::now() + kGenerous); });
    std::this_thread::sleep_for(5ms);
    Task* open = rig.receive();
    sender.join();
    CHECK(offered == Offered::queued);
    rig.finish(open);
    rig.queue.sender_left(first);
    rig.queue.sender_left(second);
}

TEST_CASE("a queue of 0 takes what an instance waits for", "[tasks]") {
    TaskRig rig(with_room_for(0), 2);
    CHECK(rig.send() == nullptr);
    CHECK(rig.receive(1) == nullptr);  // waits from now on
    Task* taken = rig.send(5);
    REQUIRE(taken != nullptr);
    CHECK(rig.send() == nullptr);  // it waits for one, not for two
    uint64_t value = 0;
    Task* open = rig.receive(1, kAtOnce, &value);
    CHECK(value == 5);
    CHECK(rig.send() == nullptr);
    rig.finish(open);
    rig.queue.sender_left(taken);
}

TEST_CASE("an expired task makes room without anybody's help", "[tasks]") {
    TaskRig rig(with_room_for(1));
    Task* late = rig.send(1, Clock::now() + 10ms);
    Task* next = rig.make(2);
    const auto began = Clock::now();
    while (rig.queue.offer(*next, Clock::now() + 1ms) != Offered::queued) {
        REQUIRE(seconds_since(began) < 10);
    }
    CHECK(late->outcome() == TaskOutcome::expired);
    rig.queue.sender_left(late);
    rig.queue.sender_left(next);
}

TEST_CASE("a task whose time is over is never received", "[tasks]") {
    TaskRig rig;
    Task* late = rig.send(1, Clock::now() - 1ms);
    Task* good = rig.send(2);
    uint64_t value = 0;
    Task* open = rig.receive(0, kAtOnce, &value);
    CHECK(value == 2);
    CHECK(late->outcome() == TaskOutcome::expired);
    rig.finish(open);
    rig.queue.sender_left(late);
    rig.queue.sender_left(good);
}

TEST_CASE("a running task whose time is over is told at once, what comes later is freed", "[tasks]") {
    TaskRig rig;
    Task* sent = rig.send(1, Clock::now() + 20ms);
    Task* open = rig.receive();
    CHECK_FALSE(rig.queue.is_cancelled(*open));
    CHECK(rig.queue.await(*sent, Clock::now() + kGenerous));  // the wait itself notices
    CHECK(sent->outcome() == TaskOutcome::expired);
    CHECK(rig.queue.is_cancelled(*open));
    CHECK(rig.queue.facts().running == 0);
    CHECK(rig.queue.facts().busy == 1);
    CHECK(rig.finish(open) == Closed::yes);
    CHECK(sent->result() == nullptr);
    CHECK(rig.queue.facts().busy == 0);
    rig.queue.sender_left(sent);
    CHECK(rig.memory.used() == 0);
}

TEST_CASE("await() that is over before the task leaves it as it is", "[tasks]") {
    TaskRig rig;
    Task* sent = rig.send();
    CHECK_FALSE(rig.queue.await(*sent, Clock::now() + 5ms));
    Task* open = rig.receive();
    rig.finish(open, 3);
    CHECK(rig.queue.await(*sent, kAtOnce));
    CHECK(words_of(sent->result())[0] == 3);
    rig.queue.sender_left(sent);
}

TEST_CASE("a worker's end of a task comes once", "[tasks]") {
    TaskRig rig;
    Task* sent = rig.send();
    Task* open = rig.receive();
    CHECK(rig.queue.fail(*open, make_task_error("Oops", "it broke", "a.php", 3)) == Closed::yes);
    CHECK(rig.queue.is_closed(*open));
    open->hold();
    CHECK(rig.finish(open) == Closed::already);
    CHECK(rig.queue.fail(*open, nullptr) == Closed::already);
    open->release();
    CHECK(sent->outcome() == TaskOutcome::failed);
    CHECK(sent->error()->message == "it broke");
    CHECK(sent->error()->line == 3);
    CHECK_FALSE(rig.queue.is_cancelled(*sent));
    rig.queue.sender_left(sent);
    CHECK(rig.memory.used() == 0);
}

TEST_CASE("asking for the next task ends one that is still open", "[tasks]") {
    TaskRig rig;
    Task* first = rig.send(1);
    Task* second = rig.send(2);
    Task* open = rig.receive();
    Task* next = rig.receive();
    CHECK(first->outcome() == TaskOutcome::failed);
    CHECK(first->error() == nullptr);
    CHECK(rig.queue.is_closed(*open));
    open->release();
    rig.finish(next);
    rig.queue.sender_left(first);
    rig.queue.sender_left(second);
}

TEST_CASE("what asking for the next task ends is told before the wait for that", "[tasks]") {
    TaskRig rig;
    Task* unfinished = rig.send(1);
    std::atomic<bool> waits{true};
    std::thread worker([&] {
        Task* task = rig.receive();
        std::this_thread::sleep_for(std::chrono::milliseconds(100));  // until its sender sleeps, too
        task->release();
        rig.receive(0, std::chrono::steady_clock::now() + std::chrono::seconds(10));
        waits = false;
    });
    CHECK(rig.queue.await(*unfinished, std::chrono::steady_clock::now() + std::chrono::seconds(30)));
    CHECK(waits);
    CHECK(unfinished->outcome() == TaskOutcome::failed);
    rig.queue.wake(0);
    worker.join();
    rig.queue.sender_left(unfinished);
    rig.queue.end_run(0, TaskOutcome::aborted, nullptr);
}

TEST_CASE("an instance may have as many open as its concurrency says", "[tasks]") {
    TaskLimits limits;
    limits.concurrency = 2;
    TaskRig rig(limits);
    Task* sent[3] = {rig.send(1), rig.send(2), rig.send(3)};
    Task* first = rig.receive();
    Task* second = rig.receive();
    Task* third = nullptr;
    CHECK(rig.queue.receive(0, kAtOnce, &third) == Receipt::too_many);
    CHECK(rig.queue.facts().busy == 1);
    rig.finish(second);
    CHECK(sent[1]->outcome() == TaskOutcome::done);
    CHECK_FALSE(sent[0]->is_settled());
    third = rig.receive();
    REQUIRE(third == sent[2]);
    rig.finish(first);
    rig.finish(third);
    for (Task* task : sent) {
        rig.queue.sender_left(task);
    }
}

TEST_CASE("a run that has had max_tasks gets none more, the next one does", "[tasks]") {
    TaskLimits limits;
    limits.max_tasks = 2;
    TaskRig rig(limits);
    Task* sent[3] = {rig.send(1), rig.send(2), rig.send(3)};
    CHECK(rig.finish(rig.receive()) == Closed::yes);
    CHECK(rig.finish(rig.receive()) == Closed::last_of_the_run);
    Task* none = nullptr;
    CHECK(rig.queue.receive(0, Clock::now() + kGenerous, &none) == Receipt::enough);
    CHECK(rig.queue.facts().queued == 1);
    rig.queue.end_run(0, TaskOutcome::aborted, nullptr);
    CHECK(rig.finish(rig.receive()) == Closed::yes);
    for (Task* task : sent) {
        rig.queue.sender_left(task);
    }
}

TEST_CASE("the end of a run ends what is open there, and leaves the queue", "[tasks]") {
    TaskLimits limits;
    limits.concurrency = 2;
    TaskRig rig(limits, 2);
    Task* sent[4] = {rig.send(1), rig.send(2), rig.send(3), rig.send(4)};
    Task* here = rig.receive(0);
    Task* too = rig.receive(0);
    Task* there = rig.receive(1);
    rig.queue.end_run(0, TaskOutcome::aborted, make_task_error("", "exit status 255"));
    CHECK(sent[0]->outcome() == TaskOutcome::aborted);
    CHECK(sent[1]->outcome() == TaskOutcome::aborted);
    CHECK(sent[1]->error()->message == "exit status 255");
    CHECK_FALSE(sent[2]->is_settled());
    CHECK(rig.queue.facts().queued == 1);
    CHECK(rig.queue.facts().busy == 1);
    CHECK(rig.queue.is_closed(*here));
    here->release();
    too->release();
    rig.finish(there);
    for (Task* task : sent) {
        rig.queue.sender_left(task);
    }
    CHECK(rig.ended(TaskOutcome::aborted) == 2);
}

TEST_CASE("a task that runs longer than task_timeout is aborted, after the grace its instance is overdue", "[tasks]") {
    TaskLimits limits;
    limits.task_timeout = 10;
    limits.grace = 5;
    TaskRig rig(limits, 2);
    Task* sent = rig.send();
    const auto began = Clock::now();
    Task* open = rig.receive(1);
    CHECK(rig.queue.wants_look());
    CHECK(rig.wakes == 1);
    const auto due = rig.queue.look(began);
    CHECK(due >= began + 10s);
    CHECK(due < began + 11s);
    CHECK(rig.queue.look(due) >= began + 15s);
    CHECK(sent->outcome() == TaskOutcome::aborted);
    CHECK(sent->error()->message == "it ran longer than 10 s");
    CHECK(rig.queue.is_cancelled(*open));
    CHECK(rig.queue.take_overdue(due) == -1);
    SECTION("it is still open then") {
        CHECK(rig.queue.take_overdue(due + 5s) == 1);
        CHECK(rig.queue.take_overdue(due + 5s) == -1);  // told once
        rig.finish(open);
    }
    SECTION("it is closed by then") {
        rig.finish(open);
        CHECK(rig.queue.take_overdue(due + 5s) == -1);
        CHECK(rig.queue.look(due + 5s) == Task::kNever);
    }
    rig.queue.sender_left(sent);
}

TEST_CASE("the loop is woken for what is due earlier than it looks anyway", "[tasks]") {
    TaskRig rig;
    const auto now = Clock::now();
    Task* sent[4] = {rig.send(1, now + 100s), nullptr, nullptr, nullptr};
    CHECK(rig.wakes == 1);
    CHECK(rig.queue.look(now) == now + 100s);
    CHECK_FALSE(rig.queue.wants_look());
    sent[1] = rig.send(2, now + 200s);
    sent[2] = rig.send(3);
    CHECK(rig.wakes == 1);
    sent[3] = rig.send(4, now + 50s);
    CHECK(rig.wakes == 2);
    CHECK(rig.queue.look(now) == now + 50s);
    CHECK(rig.queue.look(now + 150s) == now + 200s);
    CHECK(rig.ended(TaskOutcome::expired) == 2);
    for (Task* task : sent) {
        rig.queue.sender_left(task);
    }
    CHECK(rig.queue.facts().queued == 2);  // what nobody waits for any more is worked on all the same
}

TEST_CASE("a worker that has given up takes nothing, and what is queued hears of it", "[tasks]") {
    TaskRig rig;
    Task* queued = rig.send();
    Task* running = rig.receive();
    Task* waits = rig.send();
    rig.queue.set_given_up(true);
    CHECK_FALSE(queued->is_settled());
    CHECK(waits->outcome() == TaskOutcome::rejected);
    Task* more = rig.make();
    CHECK(rig.queue.offer(*more, Clock::now() + kGenerous) == Offered::given_up);
    rig.queue.set_given_up(false);
    CHECK(rig.queue.offer(*more, kAtOnce) == Offered::queued);
    rig.finish(running);
    for (Task* task : {queued, waits, more}) {
        rig.queue.sender_left(task);
    }
}

TEST_CASE("while the process ends what is queued is handed out, then dropped", "[tasks]") {
    TaskRig rig;
    Task* sent[3] = {rig.send(1), rig.send(2), rig.send(3)};
    rig.queue.drain();
    Task* late = rig.make();
    CHECK(rig.queue.offer(*late, Clock::now() + kGenerous) == Offered::closed);
    late->release();
    rig.finish(rig.receive());
    CHECK(rig.queue.close() == 2);
    CHECK(rig.receive() == nullptr);
    CHECK(sent[0]->outcome() == TaskOutcome::done);
    CHECK(sent[2]->outcome() == TaskOutcome::dropped);
    CHECK(rig.queue.close() == 0);
    for (Task* task : sent) {
        rig.queue.sender_left(task);
    }
    CHECK(TaskRig::adds_up(rig.queue.facts()));
}

TEST_CASE("the limit of the process is a full queue, and each block is given back", "[tasks]") {
    TaskRig rig({}, 1, 3 * (sizeof(Task) + 32));
    Task* sent[3] = {rig.send(1), rig.send(2), rig.send(3)};
    Task* more = rig.make(4);
    CHECK(rig.queue.offer(*more, Clock::now() + 5ms) == Offered::no_memory);
    rig.queue.cancel(*sent[1]);
    rig.queue.sender_left(sent[1]);
    CHECK(rig.queue.offer(*more, kAtOnce) == Offered::queued);
    rig.queue.sender_left(more);
    rig.finish(rig.receive());
    rig.finish(rig.receive());
    rig.finish(rig.receive());
    rig.queue.sender_left(sent[0]);
    rig.queue.sender_left(sent[2]);
    CHECK(rig.memory.used() == 0);
}

TEST_CASE("a result that nobody waits for any more is freed when it comes", "[tasks]") {
    const uint64_t blocks = Snapshot::live_count();
    TaskRig rig;
    rig.queue.sender_left(rig.send());
    Task* open = rig.receive();
    open->hold();
    rig.finish(open);
    CHECK(Snapshot::live_count() == blocks);
    open->release();  // the script has let go of it
    CHECK(Task::live_count() == 0);
    CHECK(rig.ended(TaskOutcome::done) == 1);
}

TEST_CASE("updates come in order, sixteen wait, and the next waits for its reader", "[tasks]") {
    TaskRig rig;
    Task* sent = rig.send();
    Task* open = rig.receive();
    for (uint64_t i = 0; i < Task::kMostUpdates; ++i) {
        CHECK(rig.queue.update(*open, make_snapshot(i), kAtOnce) == Update::taken);
    }
    Snapshot* more = make_snapshot(Task::kMostUpdates);
    CHECK(rig.queue.update(*open, more, Clock::now() + 5ms) == Update::full);
    std::atomic<bool> taken{false};
    Threads worker;
    worker.run([&] {
        taken = rig.queue.update(*open, more, Clock::now() + kGenerous) == Update::taken;
        rig.finish(open);
    });
    for (uint64_t i = 0; i <= Task::kMostUpdates; ++i) {
        Snapshot* update = nullptr;
        const bool settled = rig.queue.read(*sent, Clock::now() + kGenerous, &update);
        REQUIRE(update != nullptr);
        CHECK(words_of(update)[0] == i);
        CHECK((settled || !sent->is_settled() || i < Task::kMostUpdates + 1));
        update->unpin();
    }
    worker.join();
    CHECK(taken);
    Snapshot* none = nullptr;
    CHECK(rig.queue.read(*sent, kAtOnce, &none));
    CHECK(none == nullptr);
    rig.queue.sender_left(sent);
    CHECK(rig.memory.used() == 0);
}

TEST_CASE("an update that waits is given up when nobody is going to read it", "[tasks]") {
    struct Row {
        const char* name;
        void (*happen)(TaskRig&, Task*&);
    };
    const Row rows[] = {
        {"cancelled", [](TaskRig& rig, Task*& sent) { rig.queue.cancel(*sent); }},
        {"sender gone", [](TaskRig& rig, Task*& sent) { rig.queue.sender_left(std::exchange(sent, nullptr)); }},
        {"awaited", [](TaskRig& rig, Task*& sent) { rig.queue.await(*sent, Clock::now() + 200ms); }},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        TaskRig rig;
        Task* sent = rig.send();
        Task* open = rig.receive();
        for (size_t i = 0; i < Task::kMostUpdates; ++i) {
            REQUIRE(rig.queue.update(*open, make_snapshot(i), kAtOnce) == Update::taken);
        }
        Threads worker;
        std::atomic<int> answer{-1};
        worker.run([&] {
            Snapshot* more = make_snapshot(0);
            const Update update = rig.queue.update(*open, more, Clock::now() + kGenerous);
            answer = static_cast<int>(update);
            if (update != Update::taken) {
                more->unpin();
            }
        });
        std::this_thread::sleep_for(5ms);
        CHECK(answer == -1);
        row.happen(rig, sent);
        worker.join();
        CHECK((answer == static_cast<int>(Update::dropped) || answer == static_cast<int>(Update::taken)));
        rig.finish(open);
        if (sent != nullptr) {
            rig.queue.sender_left(sent);
        }
        CHECK(rig.memory.used() == 0);
    }
}

TEST_CASE("one instance is woken for one task", "[tasks]") {
    TaskRig rig({}, 4);
    std::atomic<int> came_back{0};
    std::atomic<int> got{0};
    std::atomic<bool> over{false};
    Threads instances;
    instances.run(4, [&](int instance) {
        while (!over) {
            Task* task = rig.receive(instance, Clock::now() + kGenerous);
            ++came_back;
            if (task != nullptr) {
                ++got;
                rig.finish(task);
            }
        }
        rig.queue.end_run(instance, TaskOutcome::aborted, nullptr);
    });
    std::this_thread::sleep_for(20ms);
    for (int i = 1; i <= 10; ++i) {
        Task* sent = rig.send();
        REQUIRE(rig.queue.await(*sent, Clock::now() + kGenerous));
        rig.queue.sender_left(sent);
        CHECK(got == i);
        CHECK(came_back == i);
    }
    over = true;
    for (int instance = 0; instance < 4; ++instance) {
        rig.queue.wake(instance);
    }
}

TEST_CASE("who was woken and does not fetch loses the wake-up to the next", "[tasks]") {
    TaskRig rig({}, 2);
    CHECK(rig.receive(0) == nullptr);  // watches from now on, and does something else
    Threads other;
    std::atomic<bool> got{false};
    Gate watches;
    CHECK(rig.receive(1) == nullptr);
    Task* sent = rig.send();  // the first is called
    CHECK(rig.wakes == 1);
    const auto due = rig.queue.look(Clock::now());
    CHECK(due <= Clock::now() + TaskQueue::kFetchWithin);
    rig.queue.look(due);  // now the second
    Task* open = rig.receive(1);
    REQUIRE(open == sent);
    rig.finish(open);
    CHECK(rig.receive(0) == nullptr);
    rig.queue.sender_left(sent);
}

TEST_CASE("who goes away passes the wake-up on", "[tasks]") {
    TaskRig rig({}, 2);
    CHECK(rig.receive(0) == nullptr);
    std::atomic<bool> got{false};
    Task* sent = rig.send();  // the first is called
    Threads second;
    second.run([&] {
        Task* task = rig.receive(1, Clock::now() + kGenerous);  // finds it at once: nobody has fetched it
        got = task != nullptr;
        rig.finish(task);
    });
    second.join();
    CHECK(got);
    rig.queue.leave(0);
    rig.queue.sender_left(sent);
    CHECK(rig.queue.facts().queued == 0);
}

TEST_CASE("wake() ends a wait, also one that has not begun", "[tasks]") {
    TaskRig rig;
    rig.queue.wake(0);
    Task* none = nullptr;
    CHECK(rig.queue.receive(0, Clock::now() + kGenerous, &none) == Receipt::none);
    Threads worker;
    Receipt receipt = Receipt::task;
    worker.run([&] { receipt = rig.queue.receive(0, Clock::now() + kGenerous, &none); });
    std::this_thread::sleep_for(5ms);
    rig.queue.wake(0);
    worker.join();
    CHECK(receipt == Receipt::none);
}

#ifndef _WIN32
TEST_CASE("the child of a fork gives its references back and hangs nowhere", "[tasks]") {
    TaskRig rig;
    Task* sent = rig.send();
    Task* done = rig.send();
    rig.queue.cancel(*done);
    rig.queue.lock_for_fork();
    const int status = in_child([&] {
        rig.queue.reinitialise();
        const bool told = rig.queue.is_settled(*done) && !rig.queue.is_settled(*sent);
        rig.queue.sender_left(sent);
        rig.queue.sender_left(done);
        return told && rig.queue.facts().queued == 1 ? 0 : 1;
    });
    rig.queue.unlock_after_fork();
    CHECK(ended_with(status, 0));
    rig.queue.sender_left(sent);
    rig.queue.sender_left(done);
}
#endif
