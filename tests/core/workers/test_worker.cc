#include "core/workers/worker.h"

#include <catch2/catch_test_macros.hpp>

#include <string>

#include "core/workers/registry.h"
#include "support/fake_host.h"

using namespace bgworkers;
using namespace bgworkers::test;

namespace {

using S = WorkerState;

const S kAll[] = {S::idle, S::starting, S::running, S::backoff, S::waiting, S::stopping, S::failed, S::stuck};

// The picture in core/worker.h, line by line.
const char* const kTable[kWorkerStateCount] = {
    // i s r b w s f s
    ". x . x x . x .",  // idle
    "x . x x x x x .",  // starting
    "x x . x x x x .",  // running
    "x x . . . x . .",  // backoff
    "x x . . . x . .",  // waiting
    "x x . x x . x x",  // stopping
    "x x . . . x . .",  // failed
    "x x . x x . x .",  // stuck
};

struct WorkerFixture {
    explicit WorkerFixture(int num = 1) : scope({}), worker(scope, spec_named("w", num), "w", count_wake, this) {}
    static void count_wake(void* self) { ++static_cast<WorkerFixture*>(self)->wakes; }
    Instance& instance(size_t index = 0) { return *worker.instances()[index]; }
    std::atomic<int> wakes{0};
    Scope scope;
    Worker worker;
};

}  // namespace

TEST_CASE("every pair of states is as the picture says", "[worker]") {
    for (S from : kAll) {
        for (S to : kAll) {
            INFO(worker_state_name(from) << " -> " << worker_state_name(to));
            CHECK(is_legal_transition(from, to) == (kTable[static_cast<int>(from)][2 * static_cast<int>(to)] == 'x'));
        }
    }
}

TEST_CASE("no state leads to itself, and from each a new run can come", "[worker]") {
    for (S from : kAll) {
        CHECK_FALSE(is_legal_transition(from, from));
        // starting and running get there by way of the run's end
        CHECK((is_legal_transition(from, S::starting) || is_legal_transition(from, S::backoff)));
    }
}

TEST_CASE("states have the names that status() promises", "[worker]") {
    const char* const names[] = {"idle", "starting", "running", "backoff", "waiting", "stopping", "failed", "stuck"};
    for (S state : kAll) {
        CHECK(std::string(worker_state_name(state)) == names[static_cast<int>(state)]);
    }
}

TEST_CASE("a worker has one instance, or as many as declared, and is idle", "[worker]") {
    for (int num : {0, 1, 3}) {
        WorkerFixture f(num);
        const WorkerFacts facts = f.worker.facts();
        CHECK(facts.instances == std::max(1, num));
        CHECK(f.worker.instances().size() == static_cast<size_t>(facts.instances));
        CHECK(facts.state == S::idle);
        CHECK(facts.runs == 0);
        CHECK(facts.crashes == 0);
        CHECK_FALSE(facts.last_exit_status);
        CHECK(facts.last_error.empty());
    }
}

TEST_CASE("facts show the state of the one instance", "[worker]") {
    WorkerFixture f;
    for (S state : {S::starting, S::running, S::stopping, S::stuck, S::failed, S::idle, S::starting, S::backoff}) {
        f.instance().enter(state);
        CHECK(f.worker.facts().state == state);
        CHECK(f.instance().state() == state);
    }
}

TEST_CASE("a run shows as running from its first line on, before the supervisor has read its mail", "[worker]") {
    WorkerFixture f;
    f.instance().expect_beginning();
    f.instance().enter(S::starting);
    CHECK(f.worker.facts().state == S::starting);
    f.instance().post_began();
    CHECK(f.worker.facts().state == S::running);
    CHECK(f.instance().state() == S::starting);
    f.instance().enter(S::stopping);
    CHECK(f.worker.facts().state == S::stopping);
    f.instance().expect_beginning();
    f.instance().enter(S::starting);
    CHECK(f.worker.facts().state == S::starting);  // the next run has not begun
}

TEST_CASE("a pool shows the state that says most", "[worker]") {
    WorkerFixture f(3);
    const auto enter = [&](size_t i, std::initializer_list<S> states) {
        for (S state : states) {
            f.instance(i).enter(state);
        }
    };
    enter(0, {S::starting, S::failed});
    CHECK(f.worker.facts().state == S::failed);
    enter(1, {S::starting, S::backoff});
    CHECK(f.worker.facts().state == S::backoff);
    enter(2, {S::starting, S::stopping, S::stuck});
    CHECK(f.worker.facts().state == S::stuck);
    enter(1, {S::starting, S::stopping});
    CHECK(f.worker.facts().state == S::stopping);
    enter(0, {S::starting});
    CHECK(f.worker.facts().state == S::starting);
    enter(0, {S::running});
    CHECK(f.worker.facts().state == S::running);
}

TEST_CASE("facts count runs and crashes and keep the last status and error", "[worker]") {
    WorkerFixture f;
    CHECK(f.worker.note_run_started() == 1);
    f.worker.note_run_ended(true, 255, "Error: a in f.php:1", 1);
    WorkerFacts facts = f.worker.facts();
    CHECK(facts.runs == 1);
    CHECK(facts.crashes == 1);
    CHECK(facts.consecutive_failures == 1);
    CHECK(facts.last_exit_status == 255);
    CHECK(facts.last_error == "Error: a in f.php:1");

    CHECK(f.worker.note_run_started() == 2);
    f.worker.note_run_ended(false, 0, "", 0);
    facts = f.worker.facts();
    CHECK(facts.runs == 2);
    CHECK(facts.crashes == 1);
    CHECK(facts.consecutive_failures == 0);
    CHECK(facts.last_exit_status == 0);
    CHECK(facts.last_error == "Error: a in f.php:1");  // the last one there was

    f.worker.note_run_ended(true, std::nullopt, "no thread", 1);  // a launch that failed has no exit status
    CHECK(f.worker.facts().last_exit_status == 0);
    CHECK(f.worker.facts().last_error == "no thread");
}

TEST_CASE("attempts are described for a message", "[worker]") {
    WorkerFixture f;
    CHECK(f.worker.describe_attempts() == "0 attempts");
    f.worker.note_run_started();
    CHECK(f.worker.describe_attempts() == "1 attempt");
    f.worker.note_run_ended(true, 255, "", 1);
    CHECK(f.worker.describe_attempts() == "1 attempt, last exit status 255");
    f.worker.note_run_started();
    f.worker.note_run_ended(true, 1, "Error: b in g.php:2", 2);
    CHECK(f.worker.describe_attempts() == "2 attempts, last exit status 1, last error: Error: b in g.php:2");
}

TEST_CASE("a start is asked for once, however many ask at the same moment", "[worker]") {
    WorkerFixture f(2);
    {
        Threads threads;
        threads.run(8, [&](int) { f.worker.request_start(); });
    }
    CHECK(f.wakes == 2);  // once an instance
    CHECK(f.instance(0).take_mail() == Instance::mail_start);
    CHECK(f.instance(1).take_mail() == Instance::mail_start);
    f.worker.request_start();
    CHECK(f.instance(0).take_mail() == 0);
}

TEST_CASE("mail gathers until it is taken, and is taken once", "[worker]") {
    WorkerFixture f;
    f.instance().post(Instance::mail_published);
    f.instance().post(Instance::mail_ended);
    f.instance().post(Instance::mail_ended);
    CHECK(f.wakes == 3);
    CHECK(f.instance().take_mail() == (Instance::mail_published | Instance::mail_ended));
    CHECK(f.instance().take_mail() == 0);
}

TEST_CASE("what ends a giving up wakes the supervisor only where it has given up", "[worker]") {
    WorkerFixture f;
    f.instance().leave(Instance::mail_published);
    f.instance().wake_if_given_up();
    CHECK(f.wakes == 0);
    CHECK(f.instance().take_mail() == Instance::mail_published);

    f.instance().enter(S::starting);
    f.instance().enter(S::failed);
    f.instance().enter(S::starting);
    f.instance().leave(Instance::mail_asked);
    f.instance().wake_if_given_up();
    CHECK(f.wakes == 1);
    CHECK(f.instance().take_mail() == Instance::mail_asked);

    f.instance().leave(Instance::mail_published);
    f.instance().wake_if_given_up();
    CHECK(f.wakes == 1);
}

#ifndef _WIN32
TEST_CASE("the child of a fork reads facts though the parent's threads held their locks", "[worker]") {
    WorkerFixture f;
    f.worker.note_run_started();
    f.worker.lock_for_fork();
    const pid_t child = fork();
    if (child == 0) {
        f.worker.reinitialise();
        _exit(f.worker.facts().runs == 1 && f.worker.slot().version() == 0 ? 0 : 1);
    }
    f.worker.unlock_after_fork();
    int status = -1;
    waitpid(child, &status, 0);
    CHECK(ended_with(status, 0));
    CHECK(f.worker.facts().runs == 1);
}
#endif
