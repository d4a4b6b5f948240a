#include "core/supervise/schedule.h"

#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <random>
#include <set>

using namespace bgworkers;

namespace {

constexpr double kNoon = 1'800'014'400;  // a multiple of 60 and of 3600

int64_t nanoseconds(double seconds) { return std::llround(seconds * 1e9); }

// Both clocks, moved by hand.
struct FakeClock {
    explicit FakeClock(double unix_time) : look{nanoseconds(unix_time), nanoseconds(1000)} {}
    void pass(double seconds) {
        look.unix_time += nanoseconds(seconds);
        look.steady += nanoseconds(seconds);
    }
    void set(double by) { look.unix_time += nanoseconds(by); }  // also: the machine slept
    double now() const { return static_cast<double>(look.unix_time) / 1e9; }
    ClockLook look;
};

// Lets the time go by as the supervisor's timer does; returns when the run began.
double run_of(Schedule& job, FakeClock& clock, double late = 0) {
    for (int looks = 0; looks < 100'000; ++looks) {
        clock.pass(job.next_look(clock.look) + late);
        if (job.take(clock.look)) {
            return clock.now();
        }
    }
    FAIL("no run came");
    return 0;
}

// The next run, in seconds after noon, whole.
long due(const Schedule& job) { return std::lround(job.due().value() - kNoon); }

}  // namespace

TEST_CASE("a job is due at the next multiple of the Unix clock", "[schedule]") {
    Schedule minutely(60);
    CHECK_FALSE(minutely.due());
    minutely.plan(FakeClock(kNoon + 10).look);
    CHECK(due(minutely) == 60);
    minutely.plan(FakeClock(kNoon).look);  // this one is just over
    CHECK(due(minutely) == 60);
    minutely.plan(FakeClock(kNoon - 0.001).look);
    CHECK(due(minutely) == 0);
    minutely.plan(FakeClock(kNoon + 10).look, 50);
    CHECK(due(minutely) == 60);
    minutely.plan(FakeClock(kNoon + 10).look, 50.001);
    CHECK(due(minutely) == 120);
    minutely.forget_plan();
    CHECK_FALSE(minutely.due());
    CHECK_FALSE(minutely.take(FakeClock(kNoon + 1000).look));
    Schedule before_the_epoch(60);
    before_the_epoch.plan(FakeClock(-90).look);
    CHECK(before_the_epoch.due() == -60);
}

TEST_CASE("10,000 turns do not drift, however late the timer and however long the runs", "[schedule]") {
    for (double every : {60.0, 1.0, 0.1, 0.25, 7.3, 3600.0}) {
        INFO("every " << every);
        std::mt19937 random(7);
        FakeClock clock(kNoon + 0.0123);
        Schedule job(every);
        const int64_t step = nanoseconds(every);
        const int64_t first = clock.look.unix_time / step + 1;
        for (int64_t turn = 0; turn < 10'000; ++turn) {
            job.plan(clock.look);
            REQUIRE(job.due().value() == static_cast<double>((first + turn) * step) / 1e9);
            run_of(job, clock, random() % 1000 / 1e6);
            // Begun within 3 ms of its time, and never before it.
            REQUIRE(clock.look.unix_time >= (first + turn) * step);
            REQUIRE(clock.look.unix_time - (first + turn) * step < 3'000'000);
            clock.pass(every * 0.9 * (random() % 1000) / 1000);
        }
    }
}

TEST_CASE("a run that is still going at a due time skips it", "[schedule]") {
    FakeClock clock(kNoon + 1);
    Schedule job(60);
    job.plan(clock.look);
    CHECK(std::lround(run_of(job, clock) - kNoon) == 60);
    CHECK_FALSE(job.due());
    clock.pass(150);
    job.plan(clock.look);
    CHECK(due(job) == 240);
}

TEST_CASE("the clock is looked at each minute", "[schedule]") {
    FakeClock clock(kNoon + 1);
    Schedule job(86400);
    job.plan(clock.look);
    CHECK(job.next_look(clock.look) == 60);
    Schedule soon(2);
    soon.plan(clock.look);
    CHECK(soon.next_look(clock.look) > 0.999);
    CHECK(soon.next_look(clock.look) < 1.01);
    clock.pass(5);
    CHECK(soon.next_look(clock.look) < 0.01);
}

TEST_CASE("a clock that is set forward, or a machine that slept, skips what it went over", "[schedule]") {
    FakeClock clock(kNoon + 10);
    Schedule job(60);
    job.plan(clock.look);
    clock.pass(5);
    clock.set(3600 + 7);
    CHECK_FALSE(job.take(clock.look));
    CHECK(due(job) == 3660);
    CHECK(std::lround(run_of(job, clock) - kNoon) == 3660);
    // Short of the due time nothing changes.
    job.plan(clock.look);
    clock.set(20);
    CHECK_FALSE(job.take(clock.look));
    CHECK(due(job) == 3720);
}

TEST_CASE("a loop that is late runs late, once", "[schedule]") {
    FakeClock clock(kNoon + 59);
    Schedule job(60);
    job.plan(clock.look);
    clock.pass(13);
    CHECK(job.take(clock.look));
    job.plan(clock.look);
    CHECK(due(job) == 120);
    clock.pass(60 + 60 + 60);
    CHECK(job.take(clock.look));
    job.plan(clock.look);
    CHECK(due(job) == 300);
}

TEST_CASE("a clock that is set back brings no run a second time", "[schedule]") {
    FakeClock clock(kNoon - 1);
    Schedule job(60);
    job.plan(clock.look);
    CHECK(std::lround(run_of(job, clock) - kNoon) == 0);
    SECTION("after the run") {
        clock.set(-30);
        job.plan(clock.look);
    }
    SECTION("while it waits") {
        job.plan(clock.look);
        clock.set(-0.5);  // too little to be seen
        CHECK_FALSE(job.take(clock.look));
        clock.set(-30);
        CHECK_FALSE(job.take(clock.look));
    }
    SECTION("by two hours") {
        job.plan(clock.look);
        clock.set(-7200);
        CHECK_FALSE(job.take(clock.look));
    }
    CHECK(due(job) == 60);
}

TEST_CASE("a clock that was wrong by days does not stop a job until that time comes again", "[schedule]") {
    FakeClock clock(kNoon - 1);
    Schedule job(60);
    job.plan(clock.look);
    run_of(job, clock);
    job.plan(clock.look);
    clock.set(-10 * 86400.0);
    CHECK_FALSE(job.take(clock.look));
    CHECK(due(job) == 60 - 10 * 86400);
    // Of a job that is rarer than that, the longest step back is one turn.
    Schedule daily(86400);
    FakeClock midnight(20833 * 86400.0 - 1);
    daily.plan(midnight.look);
    run_of(daily, midnight);
    midnight.set(-12 * 3600.0);
    daily.plan(midnight.look);
    CHECK(daily.due() == 20834 * 86400.0);
}

TEST_CASE("slow corrections of the clock are no steps", "[schedule]") {
    FakeClock clock(kNoon + 1);
    Schedule job(86400);
    job.plan(clock.look);
    const double expected = job.due().value();
    double began = 0;
    for (int looks = 0; looks < 2000 && began == 0; ++looks) {
        clock.pass(job.next_look(clock.look));
        clock.set(0.03);  // 500 in a million
        began = job.take(clock.look) ? clock.now() : 0;
    }
    CHECK(began - expected < 0.1);
    CHECK(began >= expected);
}

TEST_CASE("after a crash no step of the clock shortens the pause", "[schedule]") {
    FakeClock clock(kNoon + 0.5);
    Schedule job(1);
    job.plan(clock.look, 5);
    CHECK(due(job) == 6);
    clock.pass(1);
    clock.set(100);
    CHECK_FALSE(job.take(clock.look));
    CHECK(due(job) == 106);
}

TEST_CASE("a run that somebody waits for takes no other's time", "[schedule]") {
    FakeClock clock(kNoon + 10);
    Schedule job(60);
    job.plan(clock.look);
    job.take_now(clock.look);
    CHECK_FALSE(job.due());
    job.plan(clock.look);
    CHECK(due(job) == 60);
}

TEST_CASE("however the clock is set, no multiple has two runs", "[schedule]") {
    for (uint32_t seed = 1; seed <= 300; ++seed) {
        INFO("seed " << seed);
        std::mt19937 random(seed);
        const double every = 1.0 + random() % 100;
        FakeClock clock(kNoon + random() % 1000);
        Schedule job(every);
        std::set<int64_t> had;
        job.plan(clock.look);
        double set_back = 0;  // in all: below the longest step, so that nothing begins anew
        for (int step = 0; step < 500; ++step) {
            switch (random() % 4) {
                case 0: clock.set(random() % 1000); break;
                case 1:
                    if (set_back < 5000) {
                        const double by = random() % 500;
                        set_back += by;
                        clock.set(-by);
                    }
                    break;
                default: clock.pass(std::min(job.next_look(clock.look), 0.001 * (random() % 60'000)));
            }
            if (job.take(clock.look)) {
                const int64_t multiple = clock.look.unix_time / nanoseconds(every);
                REQUIRE(had.insert(multiple).second);
                clock.pass(every * (random() % 300) / 100);
                job.plan(clock.look);
            }
            REQUIRE(job.due().value() > 0);
        }
    }
}
