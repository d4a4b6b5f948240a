#include "core/workers/registry.h"

#include <catch2/catch_test_macros.hpp>

#include <set>

#include "support/failing_new.h"
#include "support/fake_host.h"

using namespace bgworkers;
using namespace bgworkers::test;

namespace {

ScopeSpec scope_with(std::vector<WorkerSpec> workers, int catch_all_threads = 0) {
    ScopeSpec spec;
    spec.workers = std::move(workers);
    if (catch_all_threads > 0) {
        spec.catch_all = spec_named("");
        spec.catch_all->script = "/nowhere/console.php";
        spec.catch_all->max_threads = catch_all_threads;
    }
    return spec;
}

struct RegistryFixture {
    explicit RegistryFixture(ScopeSpec spec, int max_threads = 64)
        : registry(max_threads, [](void*) {}, nullptr), scope(registry.scope({"/etc/workers.ini", "", ""})) {
        REQUIRE(registry.adopt(scope, std::move(spec), nullptr).ok());
    }
    std::string refusal(const std::string& name) {
        const Result<Worker*> result = registry.worker(scope, name);
        REQUIRE_FALSE(result.ok());
        REQUIRE(result.status().kind() == ErrorKind::runtime);
        return result.status().message();
    }
    bool accepts(const std::string& name) { return registry.worker(scope, name).ok(); }
    Registry registry;
    Scope& scope;
};

}  // namespace

TEST_CASE("one triple is one scope, another triple another", "[registry]") {
    Registry registry(64, [](void*) {}, nullptr);
    Scope& scope = registry.scope({"/a.ini", "", ""});
    CHECK(&registry.scope({"/a.ini", "", ""}) == &scope);
    std::set<Scope*> all{&scope, &registry.scope({"/b.ini", "", ""}), &registry.scope({"", "/a.ini", ""}),
                         &registry.scope({"/a.ini", "", "label"})};
    CHECK(all.size() == 4);
    CHECK(scope.key().config == "/a.ini");
}

TEST_CASE("a worker is looked up without being made", "[registry]") {
    RegistryFixture f(scope_with({spec_named("w")}, 1), 1);
    CHECK(f.registry.known(f.scope, "w").ok());
    CHECK(f.registry.known(f.scope, "w").value() == nullptr);
    const Result<Worker*> unknown = f.registry.known(f.scope, "caught");
    CHECK(unknown.status().message() ==
          "worker \"caught\" is not declared, and nothing has started it by way of [*]; declared: w");
    REQUIRE(f.accepts("caught"));  // neither has taken the one place
    CHECK(f.registry.known(f.scope, "caught").value() == f.registry.worker(f.scope, "caught").value());
    RegistryFixture without(scope_with({spec_named("w")}));
    CHECK(without.registry.known(without.scope, "x").status().message() == "worker \"x\" is not declared; declared: w");
}

TEST_CASE("two scopes may use the same name", "[registry]") {
    RegistryFixture f(scope_with({spec_named("w")}));
    Scope& other = f.registry.scope({"/etc/other.ini", "", ""});
    REQUIRE(f.registry.adopt(other, scope_with({spec_named("w")}), nullptr).ok());
    Worker* mine = f.registry.worker(f.scope, "w").value();
    Worker* theirs = f.registry.worker(other, "w").value();
    CHECK(mine != theirs);
    CHECK(&theirs->scope() == &other);
}

TEST_CASE("a worker is created once under eight threads, and its address stays", "[registry]") {
    RegistryFixture f(scope_with({spec_named("declared")}, 16));
    constexpr int kThreads = 8;
    std::atomic<int> arrived{0};
    std::vector<Worker*> declared[kThreads], caught[kThreads];
    {
        Threads threads;
        threads.run(kThreads, [&](int i) {
            for (++arrived; arrived < kThreads;) {
                std::this_thread::yield();
            }
            for (int n = 0; n < 12; ++n) {
                declared[i].push_back(f.registry.worker(f.scope, "declared").value());
                caught[i].push_back(f.registry.worker(f.scope, "name-" + std::to_string(n)).value());
            }
        });
    }
    for (int i = 0; i < kThreads; ++i) {
        CHECK(caught[i] == caught[0]);
        CHECK(std::set<Worker*>(declared[i].begin(), declared[i].end()) == std::set<Worker*>{declared[0][0]});
    }
    CHECK(std::set<Worker*>(caught[0].begin(), caught[0].end()).size() == 12);
    CHECK(f.registry.generation() == 13);
    CHECK(caught[0][3]->name() == "name-3");
    CHECK(caught[0][3]->spec().script == "/nowhere/console.php");
}

TEST_CASE("a name that is not declared is refused with the names that are", "[registry]") {
    RegistryFixture f(scope_with({spec_named("b"), spec_named("a")}));
    CHECK(f.refusal("c") == "worker \"c\" is not declared; declared: a, b");
    RegistryFixture none(scope_with({}));
    CHECK(none.refusal("c") == "worker \"c\" is not declared; declared: none");
    CHECK(none.registry.generation() == 0);
}

TEST_CASE("a name that is written wrong is told the one that was meant", "[registry]") {
    RegistryFixture f(scope_with({spec_named("flags"), spec_named("rates")}));
    CHECK(f.refusal("flagz") == "worker \"flagz\" is not declared; declared: flags, rates; did you mean \"flags\"?");
    CHECK(f.registry.known(f.scope, "Rates").status().message() ==
          "worker \"Rates\" is not declared; declared: flags, rates; did you mean \"rates\"?");
}

TEST_CASE("a name that is switched off is refused with the place, also beside a catch-all", "[registry]") {
    ScopeSpec spec = scope_with({spec_named("w")}, 2);
    spec.switched_off = {{"flags", "/etc/workers.d/90-local.ini:3"}};
    RegistryFixture f(spec);
    CHECK(f.refusal("flags") == "worker \"flags\" is switched off (enabled = 0) in /etc/workers.d/90-local.ini:3");
    CHECK(f.registry.known(f.scope, "flags").status().message() == f.refusal("flags"));
    CHECK(f.accepts("other"));
    ScopeSpec without = scope_with({spec_named("w")});
    without.switched_off = {{"*", "/etc/workers.ini:7"}};
    RegistryFixture g(without);
    CHECK(g.refusal("other") ==
          "worker \"other\" is not declared, and [*] is switched off (enabled = 0) in /etc/workers.ini:7; declared: w");
}

TEST_CASE("a full catch-all refuses new names, the names it has keep their place", "[registry]") {
    RegistryFixture f(scope_with({spec_named("declared")}, 2));
    CHECK(f.accepts("x"));
    CHECK(f.accepts("y"));
    CHECK(
        f.refusal("z") ==
        "cannot start worker \"z\": the catch-all is full, it may start 2 names; raise max_threads in its [*] section");
    CHECK(f.accepts("x"));
    CHECK(f.accepts("y"));
    CHECK(f.accepts("declared"));  // takes no place of the catch-all
    CHECK(f.registry.generation() == 3);
}

TEST_CASE("a full catch-all of one scope does not fill another's", "[registry]") {
    RegistryFixture f(scope_with({}, 1));
    Scope& other = f.registry.scope({"", "/bin/console", ""});
    REQUIRE(f.registry.adopt(other, scope_with({}, 1), nullptr).ok());
    CHECK(f.accepts("x"));
    CHECK_FALSE(f.accepts("y"));
    CHECK(f.registry.worker(other, "y").ok());
}

TEST_CASE("max_threads counts the instances of all scopes", "[registry]") {
    RegistryFixture f(scope_with({spec_named("pool", 3), spec_named("big", 2), spec_named("one")}, 9), 4);
    CHECK(f.accepts("pool"));
    CHECK(f.refusal("big") ==
          "cannot start worker \"big\": it needs 2 threads, 3 are taken and bgworkers.max_threads=4; raise it in "
          "php.ini");
    CHECK(f.accepts("pool"));  // counted once
    Scope& other = f.registry.scope({"", "/bin/console", ""});
    REQUIRE(f.registry.adopt(other, scope_with({spec_named("last")}), nullptr).ok());
    CHECK(f.registry.worker(other, "last").ok());
    CHECK(
        f.refusal("one") ==
        "cannot start worker \"one\": it needs 1 thread, 4 are taken and bgworkers.max_threads=4; raise it in php.ini");
    CHECK(f.refusal("caught") ==
          "cannot start worker \"caught\": bgworkers.max_threads=4 is reached; raise it in php.ini");
    // A refused name of the catch-all took no place and made no worker.
    for (Worker* worker : f.registry.workers(f.scope)) {
        CHECK(worker->name() != "caught");
    }
}

TEST_CASE("caps hold when eight threads ask for more names than there are places", "[registry]") {
    RegistryFixture f(scope_with({}, 5), 64);
    std::atomic<int> accepted{0};
    {
        Threads threads;
        threads.run(8, [&](int i) {
            for (int n = 0; n < 4; ++n) {
                accepted += f.accepts(std::to_string(i) + "-" + std::to_string(n));
            }
        });
    }
    CHECK(accepted == 5);
    CHECK(f.registry.workers(f.scope).size() == 5);
}

TEST_CASE("status lists declared workers without starting or counting them", "[registry]") {
    RegistryFixture f(scope_with({spec_named("b", 2), spec_named("a")}, 4), 2);
    CHECK(f.accepts("caught"));
    const std::vector<Worker*> listed = f.registry.workers(f.scope);
    REQUIRE(listed.size() == 3);
    CHECK(listed[0]->name() == "a");
    CHECK(listed[1]->name() == "b");
    CHECK(listed[2]->name() == "caught");
    CHECK(listed[1]->facts().state == WorkerState::idle);
    CHECK(f.accepts("a"));  // the second and last thread: "b" took none
    CHECK_FALSE(f.accepts("b"));
}

TEST_CASE("more instances than max_threads allows are refused before there is memory for them", "[registry]") {
    for (const int num : {65, 5000000}) {
        RegistryFixture f(scope_with({spec_named("huge", num), spec_named("small")}));
        const size_t before = bytes_asked_for();
        CHECK(f.refusal("huge") == "cannot start worker \"huge\": it needs " + std::to_string(num) +
                                       " threads, 0 are taken and bgworkers.max_threads=64; raise it in php.ini");
        // It is shown all the same, and refused again.
        const std::vector<Worker*> listed = f.registry.workers(f.scope);
        REQUIRE(listed.size() == 2);
        CHECK(listed[0]->facts().instances == num);
        CHECK(listed[0]->facts().state == WorkerState::idle);
        CHECK_FALSE(f.accepts("huge"));
        CHECK(f.accepts("small"));
        CHECK(bytes_asked_for() - before < 100000);
    }
}

TEST_CASE("the supervisor learns of every worker of every scope", "[registry]") {
    RegistryFixture f(scope_with({spec_named("a")}));
    Scope& other = f.registry.scope({"/z.ini", "", ""});
    REQUIRE(f.registry.adopt(other, scope_with({spec_named("b")}), nullptr).ok());
    const uint64_t before = f.registry.generation();
    Worker* a = f.registry.worker(f.scope, "a").value();
    Worker* b = f.registry.worker(other, "b").value();
    CHECK(f.registry.generation() == before + 2);
    std::vector<Worker*> all;
    f.registry.all_workers(&all);
    CHECK(std::set<Worker*>(all.begin(), all.end()) == std::set<Worker*>{a, b});
}

// --- Declarations ---

TEST_CASE("declarations are adopted once", "[registry]") {
    Registry registry(64, [](void*) {}, nullptr);
    Scope& scope = registry.scope({"/etc/workers.ini", "", ""});
    Status error;
    CHECK_FALSE(scope.loaded());
    CHECK(registry.workers(scope).empty());
    CHECK(registry.load_due(scope, &error));
    CHECK(registry.adopt(scope, scope_with({spec_named("first")}), nullptr).ok());
    CHECK(scope.loaded());
    CHECK_FALSE(registry.load_due(scope, &error));
    CHECK(error.ok());
    // A thread that was slower changes nothing, with or without an error of its own.
    CHECK(registry.adopt(scope, scope_with({spec_named("second")}), nullptr).ok());
    CHECK(registry.adopt(scope, Status::runtime("late"), nullptr).ok());
    CHECK(registry.worker(scope, "first").ok());
    CHECK_FALSE(registry.worker(scope, "second").ok());
}

TEST_CASE("wrong declarations are told to everyone and read again after 5 s by one", "[registry]") {
    Registry registry(64, [](void*) {}, nullptr);
    Scope& scope = registry.scope({"/etc/workers.ini", "", ""});
    const auto now = Clock::now();
    const auto almost = now + Registry::kReloadInterval - std::chrono::milliseconds(1);
    const auto later = now + Registry::kReloadInterval;
    CHECK(Registry::kReloadInterval == std::chrono::seconds(5));

    Status error;
    REQUIRE(registry.load_due(scope, &error, now));
    CHECK(registry.adopt(scope, Status::runtime("workers.ini:3: no"), nullptr, now).message() == "workers.ini:3: no");
    for (auto moment : {now, almost}) {
        error = {};
        CHECK_FALSE(registry.load_due(scope, &error, moment));
        CHECK(error.message() == "workers.ini:3: no");
    }
    CHECK(registry.load_due(scope, &error, later));
    // While that one reads, the others get what is known; also if it never comes back (a bailout).
    error = {};
    CHECK_FALSE(registry.load_due(scope, &error, later));
    CHECK(error.message() == "workers.ini:3: no");
    CHECK(registry.load_due(scope, &error, later + Registry::kReloadInterval));

    SECTION("another mistake starts another 5 s") {
        CHECK_FALSE(registry.adopt(scope, Status::runtime("workers.ini:9: no"), nullptr, later).ok());
        CHECK_FALSE(registry.load_due(scope, &error, later));
        CHECK(error.message() == "workers.ini:9: no");
        CHECK(registry.load_due(scope, &error, later + Registry::kReloadInterval));
    }
    SECTION("once it is right, it is right") {
        CHECK(registry.adopt(scope, scope_with({spec_named("w")}), nullptr, later).ok());
        CHECK_FALSE(registry.load_due(scope, &error, later + Registry::kReloadInterval));
        CHECK(registry.worker(scope, "w").ok());
    }
}

TEST_CASE("the first declarations may be read by several at once; one is adopted", "[registry]") {
    Registry registry(64, [](void*) {}, nullptr);
    Scope& scope = registry.scope({"/etc/workers.ini", "", ""});
    std::atomic<int> adopted{0};
    {
        Threads threads;
        threads.run(8, [&](int i) {
            Status error;
            if (registry.load_due(scope, &error)) {
                adopted += registry.adopt(scope, scope_with({spec_named("w" + std::to_string(i))}), nullptr).ok();
            }
        });
    }
    CHECK(adopted >= 1);
    CHECK(scope.spec().workers.size() == 1);
}

TEST_CASE("the scope's grace comes with the declarations that are adopted", "[registry]") {
    for (int round = 0; round < 100; ++round) {
        Registry registry(64, [](void*) {}, nullptr);
        Scope& scope = registry.scope({"/etc/workers.ini", "", ""});
        std::atomic<int> arrived{0};
        std::atomic<int> wrong{0};
        Threads threads;
        threads.run(2, [&](int i) {
            for (++arrived; arrived < 2;) {
                std::this_thread::yield();
            }
            Status error;
            if (registry.load_due(scope, &error)) {
                ScopeSpec declared = scope_with({spec_named("w")});
                declared.shutdown_grace = 7 + i;
                wrong += registry.adopt(scope, std::move(declared), nullptr).ok() ? 0 : 1;
            }
            // As the supervisor does for a worker of the faster one, while the slower one is still at it.
            const double grace = scope.loaded() ? scope.spec().shutdown_grace : 7;
            wrong += grace == 7 || grace == 8 ? 0 : 1;
        });
        threads.join();
        CHECK(wrong == 0);
    }
}

TEST_CASE("an autostart is due until it is done, once a second", "[registry]") {
    Registry registry(64, [](void*) {}, nullptr);
    Scope& scope = registry.scope({"/etc/workers.ini", "", ""});
    const auto now = Clock::now();
    CHECK_FALSE(scope.autostart_due(now));  // nobody wants it
    scope.want_autostart();
    CHECK(scope.autostart_due(now));
    CHECK_FALSE(scope.autostart_due(now));
    CHECK_FALSE(scope.autostart_due(now + std::chrono::milliseconds(999)));
    CHECK(scope.autostart_due(now + std::chrono::seconds(1)));
    scope.want_autostart();
    CHECK_FALSE(scope.autostart_due(now + std::chrono::seconds(1)));
    scope.autostart_done();
    scope.want_autostart();
    CHECK_FALSE(scope.autostart_due(now + std::chrono::seconds(60)));
}

TEST_CASE("of eight threads one starts the declared workers", "[registry]") {
    Registry registry(64, [](void*) {}, nullptr);
    Scope& scope = registry.scope({"/etc/workers.ini", "", ""});
    const auto now = Clock::now();
    std::atomic<int> due{0};
    Threads threads;
    threads.run(8, [&](int) {
        scope.want_autostart();
        due += scope.autostart_due(now);
    });
    threads.join();
    CHECK(due == 1);
}

TEST_CASE("a scope owns the settings it was given", "[registry]") {
    struct Settings : ScopeSettings {
        explicit Settings(bool* gone) : gone(gone) {}
        ~Settings() override { *gone = true; }
        bool* gone;
    };
    bool kept_gone = false, late_gone = false;
    {
        Registry registry(64, [](void*) {}, nullptr);
        Scope& scope = registry.scope({"/etc/workers.ini", "", ""});
        auto kept = std::make_unique<Settings>(&kept_gone);
        ScopeSettings* address = kept.get();
        REQUIRE(registry.adopt(scope, scope_with({}), std::move(kept)).ok());
        CHECK(scope.settings() == address);
        REQUIRE(registry.adopt(scope, scope_with({}), std::make_unique<Settings>(&late_gone)).ok());
        CHECK(scope.settings() == address);
        CHECK(late_gone);
        CHECK_FALSE(kept_gone);
    }
    CHECK(kept_gone);
}

#ifndef _WIN32
TEST_CASE("the child of a fork finds the workers there were", "[registry]") {
    RegistryFixture f(scope_with({spec_named("a"), spec_named("b")}, 3));
    Worker* a = f.registry.worker(f.scope, "a").value();
    a->slot().publish(make_snapshot(4));
    f.registry.lock_for_fork();
    const pid_t child = fork();
    if (child == 0) {
        f.registry.reinitialise();
        Snapshot* current = a->slot().pin_current();
        _exit(f.registry.worker(f.scope, "a").value() == a && current != nullptr && words_of(current)[0] == 4 ? 0 : 1);
    }
    f.registry.unlock_after_fork();
    int status = -1;
    waitpid(child, &status, 0);
    CHECK(ended_with(status, 0));
    CHECK(f.accepts("b"));
}
#endif
