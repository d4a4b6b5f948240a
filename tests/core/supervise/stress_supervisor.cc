// Workers that end in every way under readers, holds and shutdowns that come at any time.
#include <catch2/catch_test_macros.hpp>

#include <random>

#include "support/fake_host.h"
#include "support/stress.h"

using namespace bgworkers;
using namespace bgworkers::test;
using std::chrono::microseconds;
using std::chrono::milliseconds;

namespace {

WorkerSpec restless(const std::string& name, int num = 0) {
    WorkerSpec spec = spec_named(name, num);
    spec.shutdown_grace = 0.02;
    spec.max_consecutive_failures = -1;
    return spec;
}

RunReport some_run(Run& run, unsigned number) {
    switch (number % 6) {
        case 0: run.publish(number); return crash();
        case 1: return crash();
        case 2:
            run.wait_for_interrupts();  // deaf to EOF
            return killed_run();
        default:
            run.publish(number);
            for (int i = 0; i < 5 && !run.has_to_stop(); ++i) {
                run.publish_without_mail(number);
                run.instance().stop_channel().wait(1);
            }
            return good_run();
    }
}

}  // namespace

TEST_CASE("stress: workers end in every way until a shutdown at any moment", "[stress][supervisor]") {
    const size_t threads_before = running_threads();
    const size_t descriptors = open_descriptors();
    const uint64_t snapshots = Snapshot::live_count();
    const auto until = stress_end(1.5);
    std::mt19937 random(11);
    int cycles = 0;
    std::atomic<int> went_back{0}, torn{0};
    while (Clock::now() < until || cycles < 3) {
        std::atomic<unsigned> next{static_cast<unsigned>(random())};
        Rig rig({restless("a"), restless("pool", 3)});
        const char* const names[] = {"a", "pool"};
        for (const char* name : names) {
            rig.host.script(name, [&](Run& run) { return some_run(run, next += 2654435761u); });
        }
        std::atomic<bool> over{false};
        Threads readers;
        readers.run(3, [&](int i) {
            Worker& worker = rig.worker(names[i % 2]);
            uint64_t newest = 0;
            while (!over) {
                if (rig.start_and_wait(worker, milliseconds(5)) != WaitResult::ready) {
                    std::this_thread::sleep_for(microseconds(200));
                    continue;
                }
                Snapshot* current = worker.slot().pin_current();
                went_back += current->version() < newest;
                torn += !is_whole(current);
                newest = current->version();
                current->unpin();
                (void)worker.facts();
                (void)worker.describe_attempts();
            }
        });
        const auto end = Clock::now() + microseconds(random() % 120'000);
        while (Clock::now() < end) {
            auto& instances = rig.worker(names[random() % 2]).instances();
            Instance& instance = *instances[random() % instances.size()];
            instance.post(random() % 2 ? Instance::mail_hold : Instance::mail_resume);
            std::this_thread::sleep_for(microseconds(random() % 5000));
        }
        REQUIRE(rig.shutdown().empty());
        over = true;
        readers.join();
        REQUIRE(rig.host.threads_joined == rig.host.threads_made);
        for (const char* name : names) {
            REQUIRE(rig.worker(name).facts().state == WorkerState::idle);
        }
        ++cycles;
    }
    CHECK(went_back == 0);
    CHECK(torn == 0);
    CHECK(Snapshot::live_count() == snapshots);
    CHECK(open_descriptors() == descriptors);
    CHECK(eventually([&] { return running_threads() <= threads_before; }));
}

TEST_CASE("stress: no caller that starts a worker while the process ends waits in vain", "[stress][supervisor]") {
    const auto until = stress_end(1);
    std::mt19937 random(13);
    int cycles = 0, late = 0;
    while (Clock::now() < until || cycles < 5) {
        WorkerSpec catch_all = restless("");
        Rig rig({catch_all});
        rig.host.script("silent", [](Run& run) {
            run.wait_for_stop();
            return good_run();
        });
        Clock::time_point stopped;
        {
            Threads callers;
            callers.run(4, [&](int i) {
                for (int n = 0; n < 4; ++n) {
                    const std::string name = n == 3 ? "silent" : std::to_string(i) + "-" + std::to_string(n);
                    // Without a limit but for the test's: what ends it is the worker or the shutdown.
                    (void)rig.start_and_wait(rig.worker(name));
                }
            });
            std::this_thread::sleep_for(microseconds(random() % 3000));
            REQUIRE(rig.shutdown().empty());
            stopped = Clock::now();
        }
        late += seconds_since(stopped) > 10;
        REQUIRE(rig.host.threads_joined == rig.host.threads_made);
        ++cycles;
    }
    CHECK(late == 0);
}
