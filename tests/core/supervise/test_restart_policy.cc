#include "core/supervise/restart_policy.h"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

using namespace bgworkers;

namespace {

constexpr double kExact = 0.5;  // the random number that leaves a delay as it is
constexpr double kNever = -1;

const RunSummary kCrash{false, false, 3, 3};
const RunSummary kInVain{true, false, 3, 3, true};  // clean, never published, somebody waited
const RunSummary kConsumer{true, false, 3, 3};      // clean, never published, nobody waited
const RunSummary kShortButUseful{true, true, 0.5, 0.4};
const RunSummary kGood{true, true, 2, 1};
const RunSummary kHealthy{true, true, 11, 10};
const RunSummary kHealthyCrash{false, true, 11, 10};

bool close_to(double a, double b) { return std::abs(a - b) < 1e-9; }

}  // namespace

TEST_CASE("what each kind of run does to the history", "[restart_policy]") {
    struct Row {
        const char* name;
        RunSummary run;
        RestartHistory before, after;
        double delay;
    };
    const Row rows[] = {
        {"first crash", kCrash, {0, 0}, {1, 1}, 0.1},
        {"second crash", kCrash, {1, 1}, {2, 2}, 0.2},
        {"crash after short runs", kCrash, {3, 0}, {4, 1}, 0.8},
        {"crash within a second", {false, true, 0.1, 0.1}, {0, 0}, {1, 1}, 0.1},
        {"crash after a publication, not healthy yet", {false, true, 60, 9.999}, {2, 2}, {3, 3}, 0.4},
        {"a crash after ten seconds without work: the first of a new row", {false, false, 10, 10}, {5, 5}, {1, 1}, 0.1},
        {"clean, and waited for in vain", kInVain, {1, 1}, {2, 2}, 0.2},
        {"clean, waited for in vain for long", {true, false, 1000, 1000, true}, {5, 5}, {1, 1}, 0.1},
        {"clean, nobody waited", kConsumer, {3, 2}, {3, 2}, 0},
        {"clean, nobody waited, for exactly a second", {true, false, 1, 1}, {3, 2}, {3, 2}, 0},
        {"clean, nobody waited, but shorter than a second", {true, false, 0.999, 0.999}, {3, 2}, {4, 3}, 0.8},
        {"clean, nobody waited, healthy: forgets", {true, false, 10, 10}, {3, 2}, {0, 0}, 0},
        {"waited for, and not in vain", {true, true, 2, 1, true}, {3, 2}, {3, 2}, 0},
        {"clean and useful but short: paced, no failure", kShortButUseful, {2, 2}, {3, 2}, 0.4},
        {"clean and useful for exactly one second", {true, true, 1, 0}, {2, 2}, {2, 2}, 0},
        {"clean and useful: changes neither counter", kGood, {3, 2}, {3, 2}, 0},
        {"healthy: forgets", kHealthy, {5, 5}, {0, 0}, 0},
        {"healthy, then a crash: the first of a new row", kHealthyCrash, {5, 5}, {1, 1}, 0.1},
        {"long silence before the publication is not health", {true, true, 100, 9}, {4, 4}, {4, 4}, 0},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        const RestartDecision decision = decide_restart(row.before, row.run, kNever, kExact);
        CHECK(decision.history.bad_runs == row.after.bad_runs);
        CHECK(decision.history.failures == row.after.failures);
        CHECK(close_to(decision.delay, row.delay));
        CHECK_FALSE(decision.given_up);
    }
}

TEST_CASE("the delay doubles from 100 ms up to 5 s and stays there", "[restart_policy]") {
    const double expected[] = {0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5, 5};
    RestartHistory history;
    for (double delay : expected) {
        const RestartDecision decision = decide_restart(history, kCrash, kNever, kExact);
        CHECK(close_to(decision.delay, delay));
        history = decision.history;
    }
    const uint32_t most = std::numeric_limits<uint32_t>::max();
    for (uint32_t n : {30u, 31u, 32u, 63u, 64u, 1000u, 1u << 31, most - 1, most}) {
        const RestartDecision decision = decide_restart({n, n}, kCrash, kNever, kExact);
        CHECK(close_to(decision.delay, 5));
        CHECK(decision.history.bad_runs == (n == most ? most : n + 1));  // saturates: never back to 0
        CHECK(decision.history.failures == decision.history.bad_runs);
    }
}

TEST_CASE("the jitter spreads a delay by ten percent to both sides", "[restart_policy]") {
    CHECK(close_to(decide_restart({}, kCrash, kNever, 0).delay, 0.09));
    CHECK(close_to(decide_restart({6, 6}, kCrash, kNever, 0).delay, 4.5));
    CHECK(decide_restart({6, 6}, kCrash, kNever, 0.999999).delay < 5.5);
    CHECK(decide_restart({6, 6}, kCrash, kNever, 0.999999).delay > 5.4999);
}

TEST_CASE("a worker that reaches its failure limit is tried every 30 s, to the point", "[restart_policy]") {
    CHECK_FALSE(decide_restart({4, 4}, kCrash, 6, 0).given_up);
    for (double random : {0.0, 0.3, 0.99}) {
        const RestartDecision decision = decide_restart({5, 5}, kCrash, 6, random);
        CHECK(decision.given_up);
        CHECK(decision.delay == kGivenUpRetry);
    }
    CHECK(decide_restart({9, 9}, kInVain, 6, kExact).given_up);
}

TEST_CASE("limits 0 and 1 give up at the first failure, -1 never does", "[restart_policy]") {
    CHECK(decide_restart({}, kCrash, 0, kExact).given_up);
    CHECK(decide_restart({}, kCrash, 1, kExact).given_up);
    const uint32_t most = std::numeric_limits<uint32_t>::max();
    CHECK_FALSE(decide_restart({most, most}, kCrash, -1, kExact).given_up);
    CHECK_FALSE(decide_restart({most - 1, 5}, kCrash, std::numeric_limits<int>::max(), kExact).given_up);
}

TEST_CASE("an attempt that succeeds ends the state of having given up", "[restart_policy]") {
    const RestartHistory failed{6, 6};
    CHECK_FALSE(decide_restart(failed, kGood, 6, kExact).given_up);
    CHECK(decide_restart(failed, kGood, 6, kExact).delay == 0);
    CHECK_FALSE(decide_restart(failed, kShortButUseful, 6, kExact).given_up);
    CHECK(close_to(decide_restart(failed, kShortButUseful, 6, kExact).delay, 5));
    CHECK_FALSE(decide_restart(failed, kHealthyCrash, 6, kExact).given_up);
    // Nothing but health wipes the row of failures, so the next one gives up again.
    CHECK(decide_restart(decide_restart(failed, kGood, 6, kExact).history, kCrash, 6, kExact).given_up);
}

TEST_CASE("a consumer that ends every 15 s, and publishes nothing, leaves no failure", "[restart_policy]") {
    RestartHistory history{1, 1};
    for (int i = 0; i < 20; ++i) {
        const RestartDecision decision = decide_restart(history, {true, false, 15, 15}, 1, kExact);
        REQUIRE(decision.delay == 0);
        REQUIRE_FALSE(decision.given_up);
        REQUIRE(decision.history.bad_runs == 0);
        REQUIRE(decision.history.failures == 0);
        history = decision.history;
    }
}

TEST_CASE("restarts for changed files are paced as bad runs and are no failures", "[restart_policy]") {
    const double expected[] = {0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5};
    RestartHistory history{0, 2};
    for (double delay : expected) {
        const RestartDecision decision = decide_after_change(history, kGood, kExact);
        CHECK(close_to(decision.delay, delay));
        CHECK_FALSE(decision.given_up);
        CHECK(decision.history.failures == 2);
        history = decision.history;
    }
    CHECK(close_to(decide_after_change({9, 2}, kHealthy, kExact).delay, 0.1));
    CHECK(decide_after_change({9, 2}, kHealthy, kExact).history.failures == 0);
    CHECK(close_to(decide_after_change({9, 2}, kCrash, kExact).delay, 5));
    CHECK(decide_after_change({9, 2}, kCrash, kExact).history.failures == 2);
}

TEST_CASE("a worker that has given up keeps its pace beside that", "[restart_policy]") {
    CHECK(close_to(decide_restart({2, 5}, kCrash, 6, kExact).pace, 0.4));
    CHECK(decide_restart({2, 5}, kCrash, 6, kExact).delay == kGivenUpRetry);
    CHECK(close_to(decide_restart({2, 2}, kCrash, 6, kExact).pace, 0.4));
}

TEST_CASE("clean useful runs that are too short are paced but never given up", "[restart_policy]") {
    RestartHistory history;
    for (int i = 0; i < 1000; ++i) {
        const RestartDecision decision = decide_restart(history, kShortButUseful, 1, kExact);
        REQUIRE_FALSE(decision.given_up);
        REQUIRE(decision.history.failures == 0);
        REQUIRE(decision.delay > 0);
        history = decision.history;
    }
}

TEST_CASE("random histories keep the rules", "[restart_policy]") {
    for (uint32_t seed = 1; seed <= 200; ++seed) {
        INFO("seed " << seed);
        std::mt19937 engine(seed);
        std::uniform_real_distribution<double> unit(0.0, 1.0);
        const int limit = static_cast<int>(engine() % 12) - 1;
        RestartHistory history;
        uint32_t bad_in_a_row = 0, failures_in_a_row = 0;
        for (int step = 0; step < 300; ++step) {
            RunSummary run;
            run.clean = unit(engine) < 0.4;
            run.published = unit(engine) < 0.6;
            run.lived = std::pow(10.0, unit(engine) * 4 - 2);  // 10 ms to 100 s
            run.lived_since_work = run.published ? run.lived * unit(engine) : run.lived;
            run.awaited = unit(engine) < 0.3;
            const double random = unit(engine);

            const bool failure = !run.clean || (!run.published && (run.awaited || run.lived < 1));
            const bool good = !failure && run.lived >= 1;
            const bool healthy = run.lived_since_work >= 10;
            if (healthy) {
                bad_in_a_row = failures_in_a_row = 0;
            }
            if (!good) {
                ++bad_in_a_row;
            }
            if (failure) {
                ++failures_in_a_row;
            }

            const RestartDecision decision = decide_restart(history, run, limit, random);
            REQUIRE(decision.history.bad_runs == bad_in_a_row);
            REQUIRE(decision.history.failures == failures_in_a_row);
            REQUIRE(decision.history.failures <= decision.history.bad_runs);
            // n only grows, by one, unless the run was healthy.
            if (!healthy) {
                REQUIRE(decision.history.bad_runs - history.bad_runs == (good ? 0u : 1u));
            }
            const bool at_limit = limit >= 0 && failures_in_a_row >= static_cast<uint32_t>(std::max(limit, 1));
            REQUIRE(decision.given_up == (failure && at_limit));
            if (decision.given_up) {
                REQUIRE(decision.delay == 30);
            } else if (good) {
                REQUIRE(decision.delay == 0);
            } else {
                const double middle = std::min(0.1 * std::pow(2.0, bad_in_a_row - 1), 5.0);
                REQUIRE(decision.delay >= middle * 0.9 - 1e-9);
                REQUIRE(decision.delay < middle * 1.1 + 1e-9);
            }
            history = decision.history;
        }
    }
}

TEST_CASE("more bad runs never shorten the delay", "[restart_policy]") {
    for (double random : {0.0, 0.25, 0.75, 0.99}) {
        double last = 0;
        for (uint32_t n = 0; n < 100; ++n) {
            const double delay = decide_restart({n, 0}, kShortButUseful, 6, random).delay;
            REQUIRE(delay >= last);
            last = delay;
        }
    }
}

TEST_CASE("a clean run that finished a task is no failure, however short, and however others waited",
          "[restart_policy]") {
    RunSummary run;
    run.clean = true;
    run.lived = run.lived_since_work = 0.01;
    run.awaited = true;
    CHECK(is_failure(run));
    run.finished_task = true;
    CHECK_FALSE(is_failure(run));
    CHECK(decide_restart({}, run, 6, 0.5).delay > 0);  // paced all the same
    run.clean = false;
    CHECK(is_failure(run));
}

TEST_CASE("a run that max_tasks has stopped is followed by the next at once", "[restart_policy]") {
    RunSummary run;
    run.clean = run.had_enough = true;
    run.lived = run.lived_since_work = 0.01;
    const RestartDecision decision = decide_restart({3, 2}, run, 6, 0.5);
    CHECK(decision.delay == 0);
    CHECK(decision.history.bad_runs == 3);
    CHECK(decision.history.failures == 2);
    run.clean = false;
    CHECK(decide_restart({}, run, 6, 0.5).delay > 0);
}
