// Orders of steps that starts, stops and mail must survive, each forced by a sync point or by a script that waits.
#include <catch2/catch_test_macros.hpp>

#include "support/fake_host.h"
#include "support/sync_points.h"

using namespace bgworkers;
using namespace bgworkers::test;
using std::chrono::milliseconds;

namespace {

// A shutdown on a thread of its own.
class Shutdown {
public:
    explicit Shutdown(Rig& rig) {
        thread_.run([this, &rig] { clean_ = rig.shutdown().empty(); });
    }
    bool is_clean() {
        thread_.join();
        return clean_;
    }

private:
    bool clean_ = false;
    Threads thread_;
};

WorkerSpec patient(const std::string& name, int num = 0) {
    WorkerSpec spec = spec_named(name, num);
    spec.shutdown_grace = 60;
    return spec;
}

}  // namespace

TEST_CASE("a start that is overtaken by the shutdown is refused and leaves no thread", "[supervisor][interleaving]") {
    const size_t threads = running_threads();
    const size_t descriptors = open_descriptors();
    Rig rig({patient("a")});
    Status status;
    {
        StopAt stop("supervisor.start.before_lock");
        Threads starter;
        starter.run([&] { status = rig.start(rig.worker("a")); });
        REQUIRE(stop.wait_until_reached());
        CHECK(rig.shutdown().empty());
        stop.let_go();
    }
    CHECK_FALSE(status.ok());
    CHECK_FALSE(rig.supervisor.running());
    CHECK(rig.host.threads_made == 0);
    CHECK(eventually([&] { return running_threads() <= threads; }));
    CHECK(open_descriptors() == descriptors);
}

TEST_CASE("a waiter whose worker was made while the loop looked for the shutdown is told of it",
          "[supervisor][interleaving]") {
    Rig rig({patient("late")});
    StopAt stop("supervisor.on_wake.between_looks");
    REQUIRE(rig.supervisor.start().ok());  // nothing runs, so this is the loop's only look but for the shutdown's
    REQUIRE(stop.wait_until_reached());
    Worker& late = rig.worker("late");
    REQUIRE(rig.supervisor.start().ok());  // the process does not end yet
    Shutdown shutdown(rig);
    REQUIRE(eventually([&] { return rig.supervisor.stopping(); }));
    std::this_thread::sleep_for(milliseconds(5));  // for its signal to arrive
    late.request_start();
    std::atomic<int> result{-1};
    Threads waiter;
    waiter.run([&] { result = static_cast<int>(late.slot().waiters().wait(Clock::now() + 3 * kGenerous, 0)); });
    const auto let_go = Clock::now();
    stop.let_go();
    waiter.join();
    CHECK(seconds_since(let_go) < 10);
    // The loop may have taken its mail before it heard of the shutdown.
    CHECK((result == static_cast<int>(WaitResult::closed) || result == static_cast<int>(WaitResult::ready)));
    CHECK(shutdown.is_clean());
    CHECK(rig.host.threads_joined == rig.host.threads_made);
}

TEST_CASE("mail to start that comes after the loop heard of the shutdown starts nothing, and its waiter is told",
          "[supervisor][interleaving]") {
    Rig rig({patient("first"), patient("late")});
    Worker& late = rig.worker("late");
    CHECK(rig.start_and_wait(rig.worker("first")) == WaitResult::ready);
    REQUIRE(rig.supervisor.start().ok());
    StopAt stop("supervisor.on_wake.before_last_mail");
    Shutdown shutdown(rig);
    REQUIRE(stop.wait_until_reached());
    late.request_start();
    stop.let_go();
    CHECK(late.slot().waiters().wait(Clock::now() + kGenerous, 0) == WaitResult::closed);
    CHECK(shutdown.is_clean());
    CHECK(late.facts().runs == 0);
    CHECK(rig.host.threads_made == 1);
}

TEST_CASE("a shutdown between the mail to start and its reading stops what was started", "[supervisor][interleaving]") {
    Rig rig({patient("first"), patient("late", 2)});
    Worker& late = rig.worker("late");
    CHECK(rig.start_and_wait(rig.worker("first")) == WaitResult::ready);
    REQUIRE(eventually([&] { return rig.host.told_of == 1; }));
    StopAt stop("supervisor.on_wake.before_mail");
    REQUIRE(rig.start(late).ok());
    REQUIRE(stop.wait_until_reached());
    Shutdown shutdown(rig);
    REQUIRE(eventually([&] { return rig.supervisor.stopping(); }));
    stop.let_go();
    CHECK(shutdown.is_clean());
    CHECK(rig.host.threads_joined == rig.host.threads_made);
    CHECK(rig.host.lines().count({"worker=late", "event=exited"}) ==
          rig.host.lines().count({"worker=late", "event=started"}));
}

TEST_CASE("a run that ends well after the loop heard of the shutdown has no successor", "[supervisor][interleaving]") {
    Gate end;
    Rig rig({patient("a")});
    rig.host.script("a", [&](Run& run) {
        run.publish();
        end.wait();
        return good_run();
    });
    CHECK(rig.start_and_wait(rig.worker("a")) == WaitResult::ready);
    REQUIRE(eventually([&] { return rig.host.told_of == 1; }));
    StopAt at_mail("supervisor.on_wake.before_last_mail");
    Shutdown shutdown(rig);
    REQUIRE(at_mail.wait_until_reached());
    StopAt posted("instance.post.before_wake");
    end.open();
    REQUIRE(posted.wait_until_reached());  // the mail is in the box
    at_mail.let_go();
    posted.let_go();
    CHECK(shutdown.is_clean());
    CHECK(rig.host.runs == 1);
    CHECK(rig.worker("a").facts().runs == 1);
    CHECK(rig.worker("a").facts().state == WorkerState::idle);
}

TEST_CASE("a poster that wakes the loop after its end wakes nobody", "[supervisor][interleaving]") {
    Rig rig({patient("first"), patient("late")});
    Worker& late = rig.worker("late");
    CHECK(rig.start_and_wait(rig.worker("first")) == WaitResult::ready);
    REQUIRE(eventually([&] { return rig.host.told_of == 1; }));
    {
        StopAt stop("instance.post.before_wake");
        Threads poster;
        poster.run([&] { late.instances()[0]->post(Instance::mail_hold); });
        REQUIRE(stop.wait_until_reached());
        CHECK(rig.shutdown().empty());
        stop.let_go();
    }
    CHECK(rig.host.threads_made == 1);
    CHECK(late.facts().runs == 0);
}

TEST_CASE("a stop that comes between launch and the first line holds", "[supervisor][interleaving]") {
    Gate begin;
    std::atomic<bool> knew{false};
    Rig rig({patient("a")});
    rig.host.announce_runs = false;
    rig.host.script("a", [&](Run& run) {
        begin.wait();
        run.instance().post_began();
        knew = run.has_to_stop();
        return good_run();
    });
    Worker& a = rig.worker("a");
    REQUIRE(rig.start(a).ok());
    REQUIRE(eventually([&] { return rig.host.runs == 1; }));
    CHECK(a.facts().state == WorkerState::starting);
    Shutdown shutdown(rig);
    REQUIRE(rig.wait_for_state(a, WorkerState::stopping));
    begin.open();
    CHECK(shutdown.is_clean());
    CHECK(knew);
    CHECK(rig.host.lines().count({"event=started"}) == 1);
    CHECK(a.facts().state == WorkerState::idle);
}

TEST_CASE("a script that sees the stop before its end of file has come may return at once",
          "[supervisor][interleaving]") {
    const size_t descriptors = open_descriptors();
    {
        std::atomic<bool> returned{false};
        Rig rig({patient("a")});
        rig.host.script("a", [&](Run& run) {
            run.publish();
            eventually([&] { return run.has_to_stop(); });
            returned = true;
            return good_run();
        });
        CHECK(rig.start_and_wait(rig.worker("a")) == WaitResult::ready);
        StopAt stop("stop_channel.request_stop.before_end");
        Shutdown shutdown(rig);
        REQUIRE(stop.wait_until_reached());
        REQUIRE(eventually([&] { return returned.load(); }));
        stop.let_go();
        CHECK(shutdown.is_clean());
        CHECK(rig.host.interrupts == 0);
    }
    CHECK(open_descriptors() == descriptors);
}

// --- Between slot.publish() and the mail about it ---

TEST_CASE("readers do not wait for the mail about a publication", "[supervisor][interleaving]") {
    Gate post;
    Rig rig({patient("a")});
    rig.host.script("a", [&](Run& run) {
        run.publish_without_mail(5);
        post.wait();
        run.post_published();
        run.wait_for_stop();
        return good_run();
    });
    Worker& a = rig.worker("a");
    CHECK(rig.start_and_wait(a) == WaitResult::ready);
    CHECK(rig.host.lines().count({"event=ready"}) == 0);
    SECTION("it comes") {
        post.open();
        CHECK(rig.host.lines().wait_for({"event=ready"}));
    }
    SECTION("the shutdown comes first") {
        Shutdown shutdown(rig);
        REQUIRE(rig.wait_for_state(a, WorkerState::stopping));
        post.open();
        CHECK(shutdown.is_clean());
        CHECK(rig.host.lines().count({"event=ready"}) == 1);
    }
}

TEST_CASE("an instance that gives up before the mail of the one that published takes nothing back",
          "[supervisor][interleaving]") {
    WorkerSpec spec = patient("pool", 2);
    spec.max_consecutive_failures = 1;
    Gate published, post;
    Rig rig({spec});
    rig.host.script("pool", [&](Run& run) {
        if (run.instance().index() == 0) {
            published.wait();
            return crash();
        }
        run.publish_without_mail(5);
        published.open();
        post.wait();
        run.post_published();
        return crash();
    });
    Worker& pool = rig.worker("pool");
    CHECK(rig.start_and_wait(pool) == WaitResult::ready);
    REQUIRE(rig.host.lines().wait_for({"event=failed instance=0"}));
    CHECK(pool.slot().waiters().wait(Clock::now(), 0) == WaitResult::ready);
    post.open();  // publication and end in one look of the loop, maybe
    REQUIRE(rig.wait_for_state(pool, WorkerState::failed));
    CHECK(pool.slot().waiters().wait(Clock::now(), 0) == WaitResult::ready);
    CHECK(rig.host.lines().count({"event=ready instance=1"}) == 1);
}

TEST_CASE("all mail of a short run that is read at once is taken in order", "[supervisor][interleaving]") {
    std::atomic<bool> first_done{false};
    Rig rig({patient("busy"), patient("a")});
    rig.host.script("a", [&](Run& run) {
        run.publish();
        if (run.number > 1) {
            run.wait_for_stop();
        }
        first_done = true;
        return good_run();
    });
    CHECK(rig.start_and_wait(rig.worker("busy")) == WaitResult::ready);
    REQUIRE(eventually([&] { return rig.host.told_of == 1; }));
    StopAt before_launch("supervisor.on_wake.before_mail");
    StopAt after_launch("supervisor.on_wake.before_mail");
    REQUIRE(rig.start(rig.worker("a")).ok());
    REQUIRE(before_launch.wait_until_reached());
    before_launch.let_go();
    REQUIRE(after_launch.wait_until_reached());
    REQUIRE(eventually([&] { return first_done.load(); }));
    std::this_thread::sleep_for(milliseconds(5));  // for the mail about the end, which follows
    after_launch.let_go();
    REQUIRE(rig.host.lines().wait_for({"worker=a event=started run=2 "}));
    const std::vector<std::string> lines = rig.host.lines().lines({"worker=a "});
    REQUIRE(lines.size() >= 4);
    const char* const order[] = {"event=started run=1 ", "event=ready", "event=exited", "event=started run=2 "};
    for (size_t i = 0; i < 4; ++i) {
        CHECK((lines[i] + " ").find(order[i]) != std::string::npos);
    }
}
