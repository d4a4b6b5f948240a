// Processes that die at every step: what they leave, the next one takes as it is.
//
// A victim does a script of random steps, drawn from a seed, and is killed at one of the sync points that it passes;
// then another process looks at what is there, leads, and publishes. To run one round again: its seed and its point are
// told, and BGWORKERS_POOL_SEED and BGWORKERS_POOL_POINT choose them.
#ifdef __linux__
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <set>

#include "pool/pool_support.h"

using namespace bgworkers;
using namespace bgworkers::test;

namespace {

constexpr uint32_t kUsed = 4;  // publications that the scripts use
constexpr int kPins = 6;
constexpr uint64_t kForkPatience = 20;  // hundredths of a second that a row waits for a child
constexpr size_t kSizes[] = {8, 4096, 5000, 40000};

// What the outside knows: the last versions that were confirmed. A block's words are publication << 32 | version.
struct History {
    std::atomic<uint64_t> confirmed[kUsed];
    std::atomic<uint64_t> points;  // how many a script has passed
};

uint64_t word_of(uint32_t publication, uint64_t version) { return uint64_t{publication} << 32 | version; }

bool publish_next(Member& member, History& history, uint32_t publication, size_t bytes) {
    const uint64_t version = version_in(Marks::word(*member.region, member.scope, publication)) + 1;
    uint64_t told = 0;
    if (!member.publish(publication, word_of(publication, version), bytes, &told)) {
        return false;
    }
    history.confirmed[publication] = told;
    return told == version;
}

bool read_right(Member& member, const History& history, uint32_t publication, SharedPin* pin) {
    const uint64_t at_least = history.confirmed[publication].load();
    const PinResult result = member.marks->pin(member.scope, publication, pin);
    if (result == PinResult::nothing) {
        return at_least == 0;
    }
    uint64_t value = 0;
    return result == PinResult::pinned && pin->version >= at_least && is_whole(*pin, &value) &&
           value == word_of(publication, pin->version);
}

// 0 if all went well until the end of the script, which only an undisturbed process sees.
int script(Reservation& reservation, History& history, unsigned seed) {
    std::mt19937 random(seed);
    Member member;
    if (!member.enter(reservation, 0, random() % 4 == 0 ? "second" : "first")) {
        return 1;
    }
    member.region->set_patience(kForkPatience, 100);
    const bool first = member.key == scope_key("first");
    if (random() % 4 != 0 && !member.lead()) {
        return 2;
    }
    std::vector<SharedPin> pins;
    const auto let_go = [&](size_t i) {
        member.marks->unpin(pins[i]);
        pins.erase(pins.begin() + static_cast<std::ptrdiff_t>(i));
    };
    for (int step = 0; step < 12; ++step) {
        const uint32_t publication = random() % kUsed;
        const size_t bytes = kSizes[random() % std::size(kSizes)];
        SharedPin pin;
        switch (random() % 8) {
            case 0:
            case 1:
            case 2:
                if (member.store && first && !publish_next(member, history, publication, bytes)) {
                    return 3;
                }
                break;
            case 3:
            case 4:
                if (first && !read_right(member, history, publication, &pin)) {
                    return 4;
                }
                if (pin.data != nullptr) {
                    pins.push_back(pin);
                }
                if (pins.size() > kPins) {
                    let_go(random() % pins.size());
                }
                break;
            case 5:
                if (!pins.empty()) {
                    let_go(random() % pins.size());
                }
                break;
            case 6: {
                const bool has_row = member.marks->before_fork();
                const pid_t child = fork();
                if (child == 0) {
                    alarm(20);
                    member.marks->after_fork_in_child();
                    bool right = member.region->has_row() == has_row && !member.leadership->leads();
                    for (const SharedPin& held : pins) {
                        right = right && is_whole(held);
                    }
                    _exit(right ? 0 : 1);
                }
                member.marks->after_fork_in_parent(static_cast<uint32_t>(child));
                int status = -1;
                waitpid(child, &status, 0);
                // The child is killed where the parent would have been, if the point lies in its part.
                if (!ended_with(status, 0) && !(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)) {
                    return 5;
                }
                break;
            }
            case 7:
                if (member.store) {
                    auto draft = member.store->reserve(bytes);
                    if (draft.ok() && random() % 2 == 0) {
                        member.store->abandon(draft.value());
                    }
                } else {
                    member.region->sweep();
                }
                break;
        }
    }
    if (member.store) {
        member.stop_leading();
    }
    return 0;
}

// Rows made for children that never came, which count for a while, and their marks.
void count_forking(const Region& region, uint32_t* rows, uint32_t* marks) {
    *rows = *marks = 0;
    for (uint32_t i = 0; i < kPoolRows; ++i) {
        if (ProcessId{region.row(i).owner.load()}.is_forking()) {
            ++*rows;
            for (const SharedWord& mark : region.row(i).marks) {
                *marks += mark.load() != 0;
            }
        }
    }
}

// What the next process finds after a death; 0 if it is as it should be. Other living processes have so many rows and
// marks; at rest nothing else may be left.
int examine(Reservation& reservation, History& history, uint32_t rows, uint32_t marks, bool at_rest = false) {
    Member member;
    if (!member.enter(reservation, 0, "first")) {
        return 11;
    }
    SharedPin pin;
    for (uint32_t i = 0; i < kUsed; ++i) {
        pin = {};
        if (!read_right(member, history, i, &pin)) {
            return 12;
        }
        if (pin.data != nullptr) {
            member.marks->unpin(pin);
        }
    }
    if (!member.lead(5)) {
        return 13;
    }
    for (uint32_t i = 0; i < kUsed; ++i) {
        if (!publish_next(member, history, i, 8)) {
            return 14;
        }
    }
    uint32_t forking_rows = 0, forking_marks = 0;
    count_forking(*member.region, &forking_rows, &forking_marks);
    if (at_rest) {
        std::this_thread::sleep_for(std::chrono::milliseconds(forking_rows == 0 ? 0 : 10 * kForkPatience + 20));
        forking_rows = forking_marks = 0;
    }
    member.store->collect();
    const Store::Figures figures = member.store->figures();
    if (figures.blocks > kUsed + marks + forking_marks || figures.replaced != figures.blocks - kUsed) {
        return 15;
    }
    const uint64_t pages = member.region->slice_pages() - kSliceHeadPages;
    if (figures.blocks == kUsed && (figures.used_pages != kUsed || figures.largest_gap < pages / 2)) {
        return 16;
    }
    member.region->sweep();
    uint32_t owned = 0;
    for (uint32_t i = 0; i < kPoolRows; ++i) {
        owned += member.region->row(i).owner.load() != 0;
    }
    if (owned > 1 + rows + forking_rows) {
        return 17;
    }
    const size_t most = kControlBytes + 2 * sizeof(SliceHead) + 100 * kSharedPage;
    if (at_rest && given_bytes(member.region->file()) > most) {
        return 18;
    }
    member.stop_leading();
    return 0;
}

int number_from(const char* variable, int otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::atoi(text);
}

}  // namespace

TEST_CASE("a process killed at any point leaves whole versions, and all space to the next", "[pool][death]") {
    if (kUnderThreadSanitizer) {
        SKIP("ThreadSanitizer does not follow processes");
    }
    const int only_seed = number_from("BGWORKERS_POOL_SEED", -1), only_point = number_from("BGWORKERS_POOL_POINT", -1);
    const int rounds = only_seed >= 0 ? 1 : (kUnderSanitizer ? 20 : 60);
    int kills = 0;
    std::set<int> points;
    for (int round = 0; round < rounds; ++round) {
        const unsigned seed = only_seed >= 0 ? static_cast<unsigned>(only_seed) : static_cast<unsigned>(round);
        auto made = Reservation::make(small_pool());
        REQUIRE(made.ok());
        Reservation& reservation = *made.value();
        Common<History> history;
        // Undisturbed: that is how many points there are. Then one is killed at every few of them, all in one memory.
        int status = in_child([&] {
            AtPoint count(0, [] {});
            const int result = script(reservation, *history, seed);
            history->points = static_cast<uint64_t>(count.seen());
            return result;
        });
        INFO("BGWORKERS_POOL_SEED=" << seed);
        REQUIRE(ended_with(status, 0));
        std::mt19937 random(seed + 1000);
        const int last = static_cast<int>(history->points.load());
        for (int point = 1 + static_cast<int>(random() % 3); point <= last;
             point += 1 + static_cast<int>(random() % 3)) {
            if (only_point >= 0 && point != only_point) {
                continue;
            }
            INFO("BGWORKERS_POOL_POINT=" << point);
            status = in_child([&] {
                AtPoint kill(point, [] { raise(SIGKILL); });
                return script(reservation, *history, seed);
            });
            const bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
            REQUIRE((killed || ended_with(status, 0)));
            kills += killed;
            points.insert(point);
            status = in_child([&] { return examine(reservation, *history, 0, 0); });
            INFO("the next process ended with " << WEXITSTATUS(status));
            REQUIRE(ended_with(status, 0));
        }
        status = in_child([&] { return examine(reservation, *history, 0, 0, true); });
        INFO("the last process ended with " << WEXITSTATUS(status));
        REQUIRE(ended_with(status, 0));
    }
    if (only_seed < 0) {
        CHECK(kills > (kUnderSanitizer ? 300 : 1000));
        CHECK(points.size() > 60);
    }
}

TEST_CASE("what a reader holds stays as it is, whoever is killed around it", "[pool][death]") {
    if (kUnderThreadSanitizer) {
        SKIP("ThreadSanitizer does not follow processes");
    }
    auto made = Reservation::make(small_pool());
    REQUIRE(made.ok());
    Common<History> history;
    int status = in_child([&] { return examine(*made.value(), *history, 0, 0); });
    REQUIRE(ended_with(status, 0));
    Child reader([&](const Child::Line& line) {
        Member member;
        if (!member.enter(*made.value(), 0, "first")) {
            return 1;
        }
        std::vector<SharedPin> pins;
        do {
            SharedPin pin;
            if (!read_right(member, *history, static_cast<uint32_t>(pins.size()) % kUsed, &pin)) {
                return 2;
            }
            pins.push_back(pin);
            for (size_t i = 0; i < pins.size(); ++i) {
                uint64_t value = 0;
                if (!is_whole(pins[i], &value) || value != word_of(static_cast<uint32_t>(i) % kUsed, pins[i].version)) {
                    return 3;
                }
            }
            if (pins.size() == 32) {
                for (const SharedPin& held : pins) {
                    member.marks->unpin(held);
                }
                pins.clear();
            }
            line.say();
        } while (line.hear());
        return 0;
    });
    std::mt19937 random(5);
    for (int round = 0; round < (kUnderSanitizer ? 60 : 250); ++round) {
        REQUIRE(reader.wait_until_said());
        const int point = 1 + static_cast<int>(random() % 90);
        INFO("round " << round << ", point " << point);
        status = in_child([&] {
            AtPoint kill(point, [] { raise(SIGKILL); });
            return script(*made.value(), *history, static_cast<unsigned>(round));
        });
        REQUIRE(((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) || ended_with(status, 0)));
        status = in_child([&] { return examine(*made.value(), *history, 1, 32); });
        INFO("the next process ended with " << WEXITSTATUS(status));
        REQUIRE(ended_with(status, 0));
        reader.let_go();
    }
    REQUIRE(reader.wait_until_said());
    reader.kill_it();
    // Its marks no longer count.
    status = in_child([&] { return examine(*made.value(), *history, 0, 0, true); });
    INFO("the last process ended with " << WEXITSTATUS(status));
    CHECK(ended_with(status, 0));
}
#endif
