// Senders and instances that do everything at random, at once. Meant for ThreadSanitizer.
#include <catch2/catch_test_macros.hpp>

#include <random>

#include "support/stress.h"
#include "tasks/task_support.h"

using namespace bgworkers;
using namespace bgworkers::test;
using namespace std::chrono_literals;

namespace {

// Each draws what it does next from its own numbers.
struct Dice {
    explicit Dice(uint64_t seed) : random(seed) {}
    uint64_t below(uint64_t limit) { return random() % limit; }
    std::mt19937_64 random;
};

void send_at_random(TaskRig& rig, Dice& dice, std::atomic<uint64_t>& torn) {
    const uint64_t value = dice.random();
    const auto deadline =
        dice.below(4) == 0 ? Clock::now() + std::chrono::microseconds(dice.below(2000)) : Clock::now() + kGenerous;
    const bool posted = dice.below(4) == 0;
    Task* task = rig.make(value, deadline, posted);
    if (rig.queue.offer(*task, Clock::now() + std::chrono::microseconds(dice.below(500))) != Offered::queued) {
        rig.queue.reject();
        task->release();
        return;
    }
    if (posted) {
        task->release();
        return;
    }
    switch (dice.below(5)) {
        case 0: rig.queue.cancel(*task); break;
        case 1: break;
        case 2: rig.queue.await(*task, Clock::now() + std::chrono::microseconds(dice.below(300))); break;
        default: {
            Snapshot* update = nullptr;
            while (dice.below(3) != 0 && !rig.queue.read(*task, Clock::now() + 20ms, &update) && update != nullptr) {
                std::exchange(update, nullptr)->unpin();
            }
            if (update != nullptr) {
                update->unpin();
            }
            while (!rig.queue.await(*task, Clock::now() + 1s)) {
            }
            if (task->outcome() == TaskOutcome::done && words_of(task->result())[0] != value + 1) {
                ++torn;
            }
        }
    }
    rig.queue.sender_left(task);
}

void work_at_random(TaskRig& rig, int instance, Dice& dice) {
    uint64_t value = 0;
    Task* task = rig.receive(instance, Clock::now() + std::chrono::microseconds(dice.below(2000)), &value);
    if (task == nullptr) {
        if (dice.below(2) == 0) {
            rig.queue.leave(instance);
        }
        return;
    }
    while (dice.below(3) == 0) {
        Snapshot* data = make_snapshot(value);
        if (rig.queue.update(*task, data, Clock::now() + 1ms) != Update::taken) {
            data->unpin();
        }
    }
    switch (dice.below(6)) {
        case 0: rig.queue.fail(*task, make_task_error("E", "m")); break;
        case 1: rig.queue.end_run(instance, TaskOutcome::aborted, make_task_error("", "killed")); break;
        case 2: std::this_thread::sleep_for(std::chrono::microseconds(dice.below(1000))); [[fallthrough]];
        default: rig.finish(task, value + 1); return;
    }
    task->release();
}

}  // namespace

TEST_CASE("senders and instances at random: all tasks are counted once, and nothing is left", "[tasks][stress]") {
    const uint64_t blocks = Snapshot::live_count();
    uint64_t sent = 0;
    {
        TaskLimits limits;
        limits.queue = 4;
        TaskRig rig(limits, 3, 64 * 1024);
        const auto end = stress_end(1.5);
        std::atomic<uint64_t> torn{0};
        std::atomic<uint64_t> off{0};
        std::atomic<bool> over{false};
        Threads senders, instances, others;
        senders.run(4, [&](int i) {
            for (Dice dice(static_cast<uint64_t>(i)); Clock::now() < end;) {
                send_at_random(rig, dice, torn);
            }
        });
        instances.run(3, [&](int i) {
            Dice dice(static_cast<uint64_t>(100 + i));
            while (!over) {
                work_at_random(rig, i, dice);
            }
            rig.queue.end_run(i, TaskOutcome::aborted, nullptr);
        });
        others.run([&] {  // the loop, and status()
            for (Dice dice(7); !over;) {
                rig.queue.look(Clock::now());
                off += TaskRig::adds_up(rig.queue.facts()) ? 0 : 1;
                if (dice.below(100) == 0) {
                    rig.queue.set_given_up(true);
                    rig.queue.set_given_up(false);
                }
                rig.queue.wake(static_cast<int>(dice.below(3)));
                std::this_thread::sleep_for(200us);
            }
        });
        senders.join();
        over = true;
        instances.join();
        others.join();
        rig.queue.close();
        const TaskQueue::Facts facts = rig.queue.facts();
        sent = facts.sent;
        CHECK(torn == 0);
        CHECK(off == 0);
        CHECK(TaskRig::adds_up(facts));
        CHECK(facts.queued + facts.running == 0);
        CHECK(facts.busy == 0);
        CHECK(facts.ended[static_cast<int>(TaskOutcome::done)] > 0);
        CHECK(rig.memory.used() == 0);
    }
    CHECK(sent > 100);
    CHECK(Task::live_count() == 0);
    CHECK(Snapshot::live_count() == blocks);
}
