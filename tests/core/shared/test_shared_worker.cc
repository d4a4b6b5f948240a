#ifdef __linux__

#include <catch2/catch_test_macros.hpp>

#include "core/publish/slot.h"
#include "core/shared/shared_scope.h"
#include "pool/pool_support.h"
#include "support/plain_form.h"

using namespace bgworkers;
using namespace bgworkers::test;

namespace {

bool refused(void*, size_t, const void*) { return false; }
bool unsound(const void*, size_t) { return false; }

std::unique_ptr<Reservation> reserve(uint64_t limit = 8 * kMiB) {
    Result<std::unique_ptr<Reservation>> made = Reservation::make(small_pool(limit));
    REQUIRE(made.ok());
    return std::move(made.value());
}

// This process as the only one, which leads.
struct Alone {
    explicit Alone(uint64_t limit = 8 * kMiB, SharedMemory::Form form = kPlainForm) : reservation(reserve(limit)) {
        REQUIRE(reservation->choose(0).ok());
        memory = SharedMemory::enter(*reservation, form).value();
        REQUIRE(memory != nullptr);
        scope = std::move(SharedScope::join(memory, "scope").value());
        REQUIRE(scope != nullptr);
        REQUIRE(scope->tick(true) == Leadership::Event::leads);
        REQUIRE(scope->open_store().ok());
    }
    SharedWorker& worker(const char* name) { return *scope->worker(name, kPublications).value(); }

    std::unique_ptr<Reservation> reservation;
    std::shared_ptr<SharedMemory> memory;
    std::unique_ptr<SharedScope> scope;
};

Status publish(SharedWorker& worker, uint64_t value, size_t bytes = 64) {
    uint64_t version = 0;
    return worker.publish(
        [&](const SharedWorker::TakeMemory& take) -> Status {
            Result<void*> memory = take(bytes);
            for (size_t i = 0; memory.ok() && i < bytes / 8; ++i) {
                static_cast<uint64_t*>(memory.value())[i] = value;
            }
            return memory.status();
        },
        &bytes, &version);
}

// Threads that read a slot which has a snapshot: each is whole, and versions rise.
class Readers {
public:
    Readers(Slot& slot, int count) {
        for (int i = 0; i < count; ++i) {
            threads_.emplace_back([&] {
                uint64_t last = 0;
                while (!done_) {
                    Snapshot* const pinned = slot.pin_current();
                    if (pinned == nullptr) {
                        ++wrong_;
                        break;
                    }
                    wrong_ += !is_whole(pinned) || words_of(pinned)[0] < last;
                    last = words_of(pinned)[0];
                    pinned->unpin();
                    ++reads_;
                }
            });
        }
    }
    // False: something was wrong, or they did not come to read so often.
    bool have_read(int times) {
        return eventually([&] { return reads_ > times || wrong_ > 0; }) && wrong_ == 0;
    }
    // False: something was wrong.
    bool end() {
        done_ = true;
        for (std::thread& thread : threads_) {
            thread.join();
        }
        return wrong_ == 0;
    }

private:
    std::atomic<bool> done_{false};
    std::atomic<int> wrong_{0}, reads_{0};
    std::vector<std::thread> threads_;
};

}  // namespace

TEST_CASE("a slot that follows pins each block once, and lets go of what is replaced", "[shared]") {
    Alone alone;
    SharedWorker& worker = alone.worker("flags");
    const uint64_t before = Snapshot::live_count();
    {
        Slot slot(&worker);
        CHECK(slot.version() == 0);
        CHECK(slot.pin_current() == nullptr);
        REQUIRE(publish(worker, 1).ok());
        Snapshot* const first = slot.pin_current();
        REQUIRE(first != nullptr);
        CHECK(slot.pin_current() == first);
        first->unpin();
        CHECK(first->version() == slot.version());
        CHECK(words_of(first)[7] == 1);
        CHECK(slot.facts().version == 1);
        CHECK(slot.facts().bytes == 64);
        CHECK(alone.memory->marks().count() == 1);

        REQUIRE(publish(worker, 2).ok());
        slot.published_elsewhere();
        CHECK(slot.facts().replaced_bytes == 64);
        CHECK(words_of(first)[7] == 1);
        Snapshot* const second = slot.pin_current();
        CHECK(words_of(second)[7] == 2);
        CHECK(second->version() > first->version());
        CHECK(alone.memory->marks().count() == 2);
        first->unpin();
        CHECK(slot.facts().replaced_bytes == 0);
        CHECK(alone.memory->marks().count() == 1);
        second->unpin();
        CHECK(alone.memory->marks().count() == 1);  // the slot's own
        REQUIRE(publish(worker, 3).ok());
        slot.drop_stale();
        CHECK(alone.memory->marks().count() == 0);
    }
    CHECK(Snapshot::live_count() == before);
}

TEST_CASE("a snapshot that is lent outlives the scope", "[shared]") {
    Alone alone;
    REQUIRE(publish(alone.worker("flags"), 5).ok());
    Snapshot* pinned;
    {
        Slot slot(&alone.worker("flags"));
        pinned = slot.pin_current();
    }
    alone.scope->close_store();
    alone.scope->hand_over();
    alone.scope.reset();
    alone.memory.reset();
    CHECK(words_of(pinned)[7] == 5);
    pinned->unpin();
}

TEST_CASE("a reader whose marks are used up has a copy of its own", "[shared]") {
    Alone alone;
    SharedWorker& worker = alone.worker("flags");
    std::vector<Snapshot*> held;
    const char* why = nullptr;
    for (uint64_t i = 1; i <= kMarks + 5; ++i) {
        REQUIRE(publish(worker, i).ok());
        held.push_back(worker.pin_newest(&why));
        REQUIRE(held.back() != nullptr);
    }
    CHECK(alone.memory->marks().count() == kMarks - 1);
    for (uint64_t i = 1; i <= held.size(); ++i) {
        CHECK(words_of(held[i - 1])[7] == i);
        held[i - 1]->unpin();
    }
    CHECK(alone.memory->marks().count() == 0);
}

TEST_CASE("a copy of a spoilt block is refused, and so is what leads out of the memory", "[shared]") {
    Alone alone(8 * kMiB, {refused, kPlainForm.is_sound});
    SharedWorker& worker = alone.worker("flags");
    REQUIRE(publish(worker, 1).ok());
    const char* why = nullptr;
    std::vector<Snapshot*> held;
    for (uint32_t i = 0; i < kMarks - 1; ++i) {
        REQUIRE(publish(worker, i).ok());
        held.push_back(worker.pin_newest(&why));
    }
    REQUIRE(publish(worker, 1).ok());
    CHECK(worker.pin_newest(&why) == nullptr);
    CHECK(std::string(why) == "the shared memory is spoilt");
    for (Snapshot* each : held) {
        each->unpin();
    }
    alone.memory->region().slice(0).blocks[block_in(worker.word().load())].place.store(place_of(1ull << 31, 1));
    why = nullptr;
    CHECK(worker.pin_newest(&why) == nullptr);
    CHECK(std::string(why) == "the shared memory is spoilt");
    CHECK(worker.facts().version == 0);
}

TEST_CASE("a block whose head cannot be one is refused", "[shared]") {
    Alone alone(8 * kMiB, {kPlainForm.relocate, unsound});
    SharedWorker& worker = alone.worker("flags");
    REQUIRE(publish(worker, 1).ok());
    const char* why = nullptr;
    CHECK_FALSE(alone.scope->is_spoilt());
    CHECK(worker.pin_newest(&why) == nullptr);
    CHECK(std::string(why) == "the shared memory is spoilt");
    CHECK(alone.scope->is_spoilt());
    CHECK(alone.memory->marks().count() == 0);
}

TEST_CASE("a writer that finds the memory spoilt says so", "[shared]") {
    Alone alone;
    SharedWorker& worker = alone.worker("flags");
    REQUIRE(publish(worker, 1).ok());
    alone.memory->region().slice(0).publications[worker.place()].word.store(12345 << 16);
    CHECK(publish(worker, 2).message() == "the shared memory is spoilt");
    CHECK(alone.scope->is_spoilt());
}

TEST_CASE("a slot that stops following keeps the newest it can have, and what it publishes is newer", "[shared]") {
    Alone alone;
    SharedWorker& worker = alone.worker("flags");
    const uint64_t before = Snapshot::live_count();
    {
        Slot slot(&worker);
        REQUIRE(publish(worker, 1).ok());
        Snapshot* const read = slot.pin_current();
        REQUIRE(publish(worker, 2).ok());
        const std::atomic<uint64_t>* const word = &slot.word();
        const uint32_t left = Slot::left_shared();
        slot.leave_shared();
        slot.leave_shared();
        CHECK(Slot::left_shared() == left + 1);
        CHECK(&slot.word() != word);
        CHECK(slot.version() == word->load());
        CHECK_FALSE(slot.is_scarce());

        REQUIRE(publish(worker, 3).ok());  // there: not seen any more
        Snapshot* const kept = slot.pin_current();
        REQUIRE(kept != nullptr);
        CHECK(words_of(kept)[7] == 2);
        CHECK(kept->version() == slot.version());
        CHECK(slot.facts().bytes == 64);
        CHECK(slot.facts().published_at > 1e9);

        CHECK(slot.publish(make_snapshot(9)) > kept->version());
        Snapshot* const own = slot.pin_current();
        CHECK(words_of(own)[0] == 9);
        CHECK(words_of(read)[7] == 1);
        for (Snapshot* pinned : {read, kept, own}) {
            pinned->unpin();
        }
        CHECK(alone.memory->marks().count() == 0);
    }
    CHECK(Snapshot::live_count() == before);
}

TEST_CASE("a slot that stops following with nothing to have is not ready, whatever was written over it", "[shared]") {
    Alone alone;
    SharedWorker& worker = alone.worker("flags");
    Slot slot(&worker);
    SECTION("a place outside") {
        REQUIRE(publish(worker, 1).ok());
        alone.memory->region().slice(0).blocks[block_in(worker.word().load())].place.store(place_of(1ull << 31, 1));
    }
    SECTION("a version that nobody can have come to") {
        REQUIRE(publish(worker, 1).ok());
        auto& word = alone.memory->region().slice(0).publications[worker.place()].word;
        word.store(word.load() | uint64_t{1} << 63);
    }
    SECTION("nothing yet") {}
    slot.leave_shared();
    CHECK(slot.version() == 0);
    CHECK(slot.pin_current() == nullptr);
    CHECK(slot.publish(make_snapshot(4)) != 0);
}

TEST_CASE("those who wait go on waiting for the slot that follows no more", "[shared]") {
    Alone alone;
    SharedWorker& worker = alone.worker("flags");
    worker.tell_launch_failed();
    Slot slot(&worker);
    const uint32_t failures = slot.waiters().launch_failures();
    CHECK(failures == 1);
    std::atomic<WaitResult> result{WaitResult::elapsed};
    std::thread waiter(
        [&] { result = slot.waiters().wait(std::chrono::steady_clock::now() + std::chrono::seconds(30), failures); });
    while (!worker.awaited_since(std::chrono::steady_clock::now())) {
        std::this_thread::yield();
    }
    slot.leave_shared();
    slot.publish(make_snapshot(4));
    waiter.join();
    CHECK(result == WaitResult::ready);
}

TEST_CASE("threads read rising versions while the slot stops following", "[shared]") {
    for (int turn = 0; turn < 20; ++turn) {
        Alone alone;
        SharedWorker& worker = alone.worker("flags");
        {
            Slot slot(&worker);
            REQUIRE(publish(worker, 1).ok());
            Readers readers(slot, 2);
            bool published = true;
            for (uint64_t i = 2; i < 50; ++i) {
                published &= publish(worker, i).ok();
            }
            std::thread leaving([&] { slot.leave_shared(); });
            slot.leave_shared();
            for (uint64_t i = 100; i < 150; ++i) {
                slot.publish(make_snapshot(i));
            }
            CHECK(published);
            CHECK(readers.have_read(10));
            leaving.join();
            CHECK(readers.end());
        }
        CHECK(alone.memory->marks().count() == 0);
    }
}

TEST_CASE("full memory is an error, and readers keep what they had", "[shared]") {
    Alone alone(1 * kMiB);
    SharedWorker& worker = alone.worker("flags");
    Slot slot(&worker);
    REQUIRE(publish(worker, 1, 300 * 1024).ok());
    CHECK_FALSE(slot.is_scarce());
    REQUIRE(publish(alone.worker("other"), 1, 300 * 1024).ok());
    CHECK(slot.is_scarce());
    const Status refused = publish(worker, 2, 2 * kMiB);
    CHECK(refused.message().find("2097152 bytes do not fit") != std::string::npos);
    Snapshot* const pinned = slot.pin_current();
    CHECK(words_of(pinned)[0] == 1);
    pinned->unpin();
}

TEST_CASE("what is written and then refused leaves nothing behind", "[shared]") {
    Alone alone;
    size_t bytes = 0;
    uint64_t version = 0;
    const Status refused = alone.worker("flags").publish(
        [](const SharedWorker::TakeMemory& take) -> Status {
            REQUIRE(take(100 * 1024).ok());
            return Status::runtime("thought better of it");
        },
        &bytes, &version);
    CHECK(refused.message() == "thought better of it");
    CHECK(alone.worker("flags").word().load() == 0);
    REQUIRE(publish(alone.worker("flags"), 1).ok());
}

TEST_CASE("who does not lead publishes nothing, and tells nothing", "[shared]") {
    Alone alone;
    SharedWorker& worker = alone.worker("flags");
    REQUIRE(publish(worker, 1).ok());
    alone.scope->close_store();
    alone.scope->hand_over();
    CHECK(publish(worker, 2).message() == "cannot publish: another process leads the shared workers");
    worker.tell_given_up(true);
    worker.tell_launch_failed();
    CHECK_FALSE(worker.news().given_up);
    CHECK(worker.news().launch_failures == 0);
    CHECK(worker.facts().version == 1);
}

TEST_CASE("threads read whole blocks of rising versions while others publish and sweep", "[shared]") {
    Alone alone;
    SharedWorker& worker = alone.worker("flags");
    {
        Slot slot(&worker);
        REQUIRE(publish(worker, 1).ok());
        Readers readers(slot, 3);
        std::atomic<bool> done{false};
        std::thread sweeping([&] {
            while (!done) {
                slot.drop_stale();
            }
        });
        bool published = true;
        for (uint64_t i = 2; i < 1500; ++i) {
            published &= publish(worker, i, 64 + i % 3 * 5000).ok();
            slot.published_elsewhere();
        }
        CHECK(published);
        CHECK(readers.have_read(100));
        done = true;
        sweeping.join();
        CHECK(readers.end());
    }
    CHECK(alone.memory->marks().count() == 0);
}

TEST_CASE("a name has one place, and a full scope says so", "[shared]") {
    Alone alone;
    SharedWorker& first = alone.worker("first");
    CHECK(&alone.worker("first") == &first);
    CHECK(alone.scope->name(first.place()) == "first");
    const std::string longest(255, 'x');
    CHECK(alone.scope->name(alone.scope->worker(longest, kPublications).value()->place()) == longest);
    CHECK(alone.scope->worker("third", 2).status().message() ==
          "no place for worker \"third\" is left: 2 names of this scope are shared already");
    CHECK(alone.scope->worker("first", 2).ok());
    CHECK(alone.scope->name(40).empty());
    CHECK_FALSE(alone.scope->is_wanted(first.place()));
    first.start();
    CHECK(alone.scope->is_wanted(first.place()));
}

TEST_CASE("what is told and kept comes back as it was", "[shared]") {
    Alone alone;
    SharedWorker& worker = alone.worker("flags");
    TellingOfWorker telling;
    telling.state = 5;
    telling.runs = 1ull << 40;
    telling.crashes = 7;
    telling.failures = 3;
    telling.has_exit_status = true;
    telling.exit_status = -1;
    telling.next_run = 1790000000.25;
    telling.error = "Error: broken";
    worker.tell(telling);
    TellingOfWorker told = worker.told();
    CHECK(told.state == 5);
    CHECK(told.runs == 1ull << 40);
    CHECK(told.crashes == 7);
    CHECK(told.failures == 3);
    CHECK((told.has_exit_status && told.exit_status == -1));
    CHECK(told.next_run == 1790000000.25);
    CHECK(told.error == "Error: broken");

    telling.error = std::string(2000, 'e');
    telling.has_exit_status = false;
    worker.tell(telling);
    CHECK(worker.told().error == std::string(512, 'e'));
    CHECK_FALSE(worker.told().has_exit_status);

    ProgressOfWorker progress;
    progress.bad_runs = 4;
    progress.failures = 3;
    progress.given_up = true;
    progress.began_at = 10;
    progress.worked_at = 11;
    progress.ended_at = 12;
    progress.pace = 13;
    progress.taken = -14;
    worker.keep(progress);
    const ProgressOfWorker kept = worker.kept();
    CHECK((kept.bad_runs == 4 && kept.failures == 3 && kept.given_up));
    CHECK((kept.began_at == 10 && kept.worked_at == 11 && kept.ended_at == 12));
    CHECK((kept.pace == 13 && kept.taken == -14));
}

TEST_CASE("an error whose writer died in the middle is not shown, and is mended by the next", "[shared]") {
    Alone alone;
    SharedWorker& worker = alone.worker("flags");
    TellingOfWorker telling;
    telling.error = "first";
    worker.tell(telling);
    SharedWorkerRow& row = alone.memory->region().slice(0).workers[worker.place()];
    row.turn.fetch_add(1);
    CHECK(worker.told().error.empty());
    telling.error = "second";
    worker.tell(telling);
    CHECK(worker.told().error == "second");
}

TEST_CASE("what is asked for is taken once", "[shared]") {
    Alone alone;
    SharedWorker& worker = alone.worker("flags");
    CHECK_FALSE(worker.take_run_now());
    worker.run_now();
    CHECK(worker.take_run_now());
    CHECK_FALSE(worker.take_run_now());
    CHECK_FALSE(worker.take_restart());
    worker.tell_given_up(true);
    CHECK(worker.news().given_up);
    worker.restart();
    worker.restart();
    CHECK_FALSE(worker.news().given_up);  // whoever asks next waits for that run
    CHECK(worker.take_restart());
    CHECK_FALSE(worker.take_restart());
}

TEST_CASE("waiters hear of what ends their wait", "[shared]") {
    Alone alone;
    SharedWorker& worker = alone.worker("flags");
    Slot slot(&worker);
    Waiters& waiters = slot.waiters();
    const auto began = Clock::now();
    CHECK_FALSE(waiters.awaited_since(began));
    CHECK(waiters.wait(Clock::now() + std::chrono::milliseconds(5), 0) == WaitResult::elapsed);
    CHECK(waiters.awaited_since(began));
    const auto hears = [&](const std::function<void()>& tell) {
        WaitResult result = WaitResult::elapsed;
        const uint32_t failures = waiters.launch_failures();
        std::thread waiting([&] { result = waiters.wait(Clock::now() + kGenerous, failures); });
        tell();
        waiting.join();
        return result;
    };
    CHECK(hears([&] { waiters.fail_launch(); }) == WaitResult::launch_failed);
    CHECK(hears([&] { waiters.set_ended_silently(true); }) == WaitResult::ended_silently);
    waiters.set_ended_silently(false);
    CHECK(hears([&] { waiters.set_given_up(true); }) == WaitResult::given_up);
    waiters.set_given_up(false);
    CHECK(hears([&] {
              REQUIRE(publish(worker, 1).ok());
              slot.published_elsewhere();
          }) == WaitResult::ready);
}

TEST_CASE("a second time of leading waits for whoever still publishes for the first", "[shared]") {
    Alone alone;
    size_t bytes = 0;
    uint64_t version = 0;
    const Status late = alone.worker("flags").publish(
        [&](const SharedWorker::TakeMemory& take) -> Status {
            Result<void*> memory = take(64);
            alone.scope->close_store();
            alone.scope->hand_over();
            CHECK(alone.scope->tick(true) == Leadership::Event::leads);
            CHECK_FALSE(alone.scope->open_store().ok());
            std::memset(memory.value(), 1, 64);  // still writable
            return {};
        },
        &bytes, &version);
    CHECK(alone.scope->open_store().ok());
}

#endif
