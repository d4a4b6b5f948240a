// What event loops watch: a socket of an instance, and one of a task.
#include <catch2/catch_test_macros.hpp>

#include "core/os/socket.h"
#include "tasks/task_support.h"

using namespace bgworkers;
using namespace bgworkers::test;
using namespace std::chrono_literals;

namespace {

uv_os_sock_t channel_of(TaskRig& rig, int instance = 0) {
    int error = 0;
    const uv_os_sock_t socket = rig.queue.channel(instance, &error);
    REQUIRE(error == 0);
    REQUIRE(socket != kNoSocket);
    return socket;
}

uv_os_sock_t channel_of(TaskRig& rig, Task* task) {
    int error = 0;
    const uv_os_sock_t socket = rig.queue.channel(*task, &error);
    REQUIRE(error == 0);
    return socket;
}

bool readable(uv_os_sock_t socket) { return wait_readable(socket, 0); }

}  // namespace

TEST_CASE("an instance's channel is readable while a task waits for it", "[tasks][channel]") {
    TaskRig rig;
    Task* early = rig.send(1);
    const uv_os_sock_t socket = channel_of(rig);
    CHECK(readable(socket));  // it waited already
    CHECK(channel_of(rig) == socket);
    Task* open = rig.receive();
    CHECK_FALSE(readable(socket));
    Task* next = rig.send(2);
    CHECK_FALSE(readable(socket));  // with a concurrency of 1 it may have no more
    rig.finish(open);
    CHECK(readable(socket));
    open = rig.receive();
    rig.finish(open);
    CHECK_FALSE(readable(socket));
    CHECK(rig.receive() == nullptr);
    CHECK_FALSE(readable(socket));
    for (Task* task : {early, next}) {
        rig.queue.sender_left(task);
    }
    rig.queue.end_run(0, TaskOutcome::aborted, nullptr);
}

TEST_CASE("a channel stays readable while there is more to receive, up to the concurrency", "[tasks][channel]") {
    TaskLimits limits;
    limits.concurrency = 2;
    TaskRig rig(limits);
    const uv_os_sock_t socket = channel_of(rig);
    Task* sent[3] = {rig.send(1), rig.send(2), rig.send(3)};
    CHECK(readable(socket));
    Task* first = rig.receive();
    CHECK(readable(socket));
    Task* second = rig.receive();
    CHECK_FALSE(readable(socket));
    rig.finish(second);
    CHECK(readable(socket));
    Task* third = rig.receive();
    CHECK_FALSE(readable(socket));
    rig.finish(first);
    rig.finish(third);
    CHECK_FALSE(readable(socket));
    for (Task* task : sent) {
        rig.queue.sender_left(task);
    }
}

TEST_CASE("a task that comes while an update waits for its reader is told to the channel", "[tasks][channel]") {
    TaskLimits limits;
    limits.concurrency = 2;
    TaskRig rig(limits);
    const uv_os_sock_t socket = channel_of(rig);
    Task* first = rig.send(1);
    Task* open = rig.receive();
    for (uint64_t i = 0; i < Task::kMostUpdates; ++i) {
        CHECK(rig.queue.update(*open, make_snapshot(i), kAtOnce) == Update::taken);
    }
    std::thread waits([&] {
        Snapshot* const one_more = make_snapshot(77);
        if (rig.queue.update(*open, one_more, std::chrono::steady_clock::now() + 300ms) != Update::taken) {
            one_more->unpin();
        }
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    CHECK_FALSE(readable(socket));
    Task* second = rig.send(2);
    CHECK(readable(socket));
    waits.join();
    rig.finish(open);
    rig.finish(rig.receive());
    for (Task* task : {first, second}) {
        rig.queue.sender_left(task);
    }
}

TEST_CASE("one channel of a pool is readable for one task, and the next if that one does not come",
          "[tasks][channel]") {
    TaskRig rig({}, 2);
    const uv_os_sock_t first = channel_of(rig, 0);
    const uv_os_sock_t second = channel_of(rig, 1);
    Task* sent = rig.send();
    CHECK(readable(first));
    CHECK_FALSE(readable(second));
    rig.queue.look(Clock::now() + TaskQueue::kFetchWithin);
    CHECK(readable(second));
    Task* open = rig.receive(1);
    REQUIRE(open == sent);
    CHECK(rig.receive(0) == nullptr);  // readable was a hint
    CHECK_FALSE(readable(first));
    rig.finish(open);
    rig.queue.sender_left(sent);
}

TEST_CASE("a byte that a script has read itself does not keep the next task from being told", "[tasks][channel]") {
    TaskRig rig;
    const uv_os_sock_t socket = channel_of(rig);
    Task* first = rig.send();
    read_away(socket);
    rig.finish(rig.receive());
    Task* second = rig.send();
    CHECK(readable(socket));
    rig.finish(rig.receive());
    rig.queue.sender_left(first);
    rig.queue.sender_left(second);
}

TEST_CASE("a task's channel is readable while there is an update, and from its end on", "[tasks][channel]") {
    TaskRig rig;
    Task* sent = rig.send();
    const uv_os_sock_t socket = channel_of(rig, sent);
    Task* open = rig.receive();
    CHECK_FALSE(readable(socket));
    REQUIRE(rig.queue.update(*open, make_snapshot(1), kAtOnce) == Update::taken);
    REQUIRE(rig.queue.update(*open, make_snapshot(2), kAtOnce) == Update::taken);
    for (const bool more : {true, false}) {
        CHECK(readable(socket));
        Snapshot* update = nullptr;
        rig.queue.read(*sent, kAtOnce, &update);
        REQUIRE(update != nullptr);
        update->unpin();
        CHECK(readable(socket) == more);
    }
    SECTION("done") { rig.finish(open); }
    SECTION("cancelled") {
        rig.queue.cancel(*sent);
        rig.finish(open);
    }
    SECTION("expired by the loop, the run ends") {
        rig.queue.end_run(0, TaskOutcome::aborted, nullptr);
        open->release();
    }
    CHECK(readable(socket));
    CHECK(rig.queue.await(*sent, kAtOnce));
    CHECK(readable(socket));
    rig.queue.sender_left(sent);
}

TEST_CASE("an instance whose run has had max_tasks is told of none", "[tasks][channel]") {
    TaskLimits limits;
    limits.max_tasks = 1;
    limits.queue = 1;
    TaskRig rig(limits);
    const uv_os_sock_t socket = channel_of(rig);
    Task* first = rig.send();
    CHECK(rig.finish(rig.receive()) == Closed::last_of_the_run);
    Task* second = rig.send();
    REQUIRE(second != nullptr);
    CHECK(rig.send() == nullptr);  // nobody waits for one more
    CHECK_FALSE(readable(socket));
    rig.queue.sender_left(first);
    rig.queue.sender_left(second);
}

#ifndef _WIN32
TEST_CASE("a forked child that gives a task back takes no news away from its parent", "[tasks][channel]") {
    TaskRig rig;
    Task* sent = rig.send();
    const uv_os_sock_t socket = channel_of(rig, sent);
    Task* open = rig.receive();
    REQUIRE(rig.queue.update(*open, make_snapshot(1), kAtOnce) == Update::taken);
    rig.queue.lock_for_fork();
    const int status = in_child([&] {
        rig.queue.reinitialise();
        rig.queue.sender_left(sent);
        return 0;
    });
    rig.queue.unlock_after_fork();
    CHECK(ended_with(status, 0));
    CHECK(readable(socket));
    rig.finish(open);
    rig.queue.sender_left(sent);
}

// Elsewhere nobody counts sockets (support.h).
TEST_CASE("channels are made for who asks, and are gone with the run and the task", "[tasks][channel]") {
    (void)open_descriptors();
    const size_t before = open_descriptors();
    {
        TaskRig rig;
        Task* sent = rig.send();
        CHECK(open_descriptors() == before);
        channel_of(rig, sent);
        channel_of(rig);
        CHECK(open_descriptors() == before + 4);
        rig.queue.end_run(0, TaskOutcome::aborted, nullptr);
        CHECK(open_descriptors() == before + 2);
        Task* open = rig.receive();
        rig.queue.sender_left(sent);
        CHECK(open_descriptors() == before);  // also while its worker still has the task
        rig.finish(open);
    }
}
#endif
