// The rules by which processes share blocks, as a model: all orders of all steps, and a death before each of them.
//
// First model: a leader and its successor publish, a reader reads. A step is one store or load of a shared word; what
// happens to private memory belongs to the step before. Second model: a reader forks while the leader looks at rows.
// The right rules break nothing in any order; each wrong one is found out, or the model would prove nothing.
#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <cstring>
#include <string>
#include <unordered_set>
#include <vector>

namespace {

struct Outcome {
    size_t states = 0;
    std::string wrong;  // what was broken first
};

// Model: has State (plain bytes), initial(), and each(state, visit), which calls visit(next) for every step that some
// process can do. broken(state) names what is wrong there, or nullptr.
template <typename Model>
Outcome explore(const Model& model) {
    using State = typename Model::State;
    static_assert(std::is_trivially_copyable_v<State> && alignof(State) == 1);
    Outcome outcome;
    std::unordered_set<std::string> seen;
    std::vector<State> open;
    const auto visit = [&](const State& state) {
        if (seen.emplace(reinterpret_cast<const char*>(&state), sizeof(state)).second) {
            open.push_back(state);
        }
    };
    visit(model.initial());
    while (!open.empty() && outcome.wrong.empty()) {
        const State state = open.back();
        open.pop_back();
        if (const char* wrong = model.broken(state)) {
            outcome.wrong = wrong;
        }
        model.each(state, visit);
    }
    outcome.states = seen.size();
    return outcome;
}

// --- Publishing, reading, dying, taking over ---

constexpr int kModelBlocks = 3;
constexpr uint8_t kTornUse = 1, kWentBack = 2, kVersionTwice = 3, kTwoWriters = 4;

struct Sharing {
    // The rules. false is the mistake.
    bool looks_again = true;           // the reader looks at the publication again after it has marked
    bool mark_is_seen = true;          // its mark is visible to others before it looks again
    bool compares_versions = true;     // the second look compares version and block, not the block alone
    bool publishes_first = true;       // the leader looks at marks after it has replaced the publication
    bool counts_entries = true;        // a successor keeps what its predecessor had replaced until nobody marks it
    bool waits_for_death = true;       // a successor leads only when the leader is dead

    enum : uint8_t { kFree, kDraft, kPublished, kReplaced };
    struct Writer {
        uint8_t at, alive, block, version, before, marked, left;
        uint8_t known[kModelBlocks];
    };
    struct State {
        uint8_t version, block;       // the publication's word
        uint8_t content[kModelBlocks];     // which version lies there; 0: being written
        uint8_t entry[kModelBlocks];
        uint8_t mark, mark_on_its_way;  // block + 1; 0: none
        uint8_t leader;
        uint8_t published;            // bits: versions that there were
        Writer writer[2];
        struct {
            uint8_t at, alive, version, block, seen, left;
        } reader;
        uint8_t wrong;
    };

    State initial() const {
        State s;
        std::memset(&s, 0, sizeof(s));
        s.version = 1;
        s.content[0] = 1;
        s.entry[0] = 1;
        s.published = 1 << 1;
        s.writer[0] = {2, 1, 0, 1, 0, 0, 2, {kPublished, kFree, kFree}};
        s.writer[1] = {0, 1, 0, 0, 0, 0, 1, {kFree, kFree, kFree}};
        s.reader = {0, 1, 0, 0, 0, 2};
        return s;
    }

    const char* broken(const State& s) const {
        static const char* const kWords[] = {nullptr, "torn", "went back", "version twice", "two writers"};
        return kWords[s.wrong];
    }

    template <typename Visit>
    void each(const State& s, const Visit& visit) const {
        for (int i = 0; i < 2; ++i) {
            if (s.writer[i].alive) {
                write(s, i, visit);
                State dead = s;
                dead.writer[i].alive = 0;
                visit(dead);
            }
        }
        if (s.reader.alive) {
            read(s, visit);
            State dead = s;
            dead.reader.alive = 0;
            dead.mark_on_its_way = 0;
            visit(dead);
        }
        if (s.mark_on_its_way != 0) {
            State next = s;
            next.mark = s.mark_on_its_way;
            next.mark_on_its_way = 0;
            visit(next);
        }
    }

    template <typename Visit>
    void read(State s, const Visit& visit) const {
        auto& r = s.reader;
        switch (r.at) {
            case 0:
                r.version = s.version;
                r.block = s.block;
                s.wrong = r.version < r.seen ? kWentBack : s.wrong;
                r.at = 1;
                break;
            case 1:
                (mark_is_seen ? s.mark : s.mark_on_its_way) = r.block + 1;
                r.at = looks_again ? 2 : 3;
                break;
            case 2: r.at = s.block == r.block && (!compares_versions || s.version == r.version) ? 3 : 0; break;
            case 3:
            case 4:
                s.wrong = s.content[r.block] != r.version ? kTornUse : s.wrong;
                ++r.at;
                break;
            case 5:
                s.mark = s.mark_on_its_way = 0;
                r.seen = r.version;
                r.at = --r.left == 0 ? 6 : 0;
                break;
            default: return;
        }
        visit(s);
    }

    template <typename Visit>
    void write(State s, int i, const Visit& visit) const {
        Writer& w = s.writer[i];
        const bool two = i == 1 ? s.writer[0].alive && s.writer[0].at < 9 : s.leader == 1;
        if (w.at >= 2 && w.at < 9 && two) {
            s.wrong = kTwoWriters;
        }
        switch (w.at) {
            case 0:  // becomes the leader
                if (waits_for_death && s.writer[0].alive) {
                    return;
                }
                s.leader = 1;
                w.at = 1;
                break;
            case 1:  // counts anew: entries that are not current count as replaced
                for (int b = 0; b < kModelBlocks; ++b) {
                    w.known[b] = b == s.block ? kPublished : s.entry[b] && counts_entries ? kReplaced : kFree;
                }
                w.version = s.version;
                w.before = s.block;
                w.at = 6;
                break;
            case 2: {  // takes a free block, begins to write
                int b = 0;
                while (b < kModelBlocks && w.known[b] != kFree) {
                    ++b;
                }
                if (b == kModelBlocks) {
                    w.at = 6;  // the memory is full: it looks at marks again
                    break;
                }
                w.block = static_cast<uint8_t>(b);
                w.known[b] = kDraft;
                s.content[b] = 0;
                w.at = 3;
                break;
            }
            case 3:
                s.content[w.block] = ++w.version;
                w.at = 4;
                break;
            case 4:
                s.entry[w.block] = 1;
                if (publishes_first) {
                    w.at = 5;
                } else {
                    w.known[w.before] = kReplaced;
                    w.at = 6;
                }
                break;
            case 5:
                s.wrong = s.published >> w.version & 1 ? kVersionTwice : s.wrong;
                s.published |= 1 << w.version;
                s.version = w.version;
                s.block = w.block;
                w.known[w.before] = kReplaced;
                w.known[w.block] = kPublished;
                w.before = w.block;
                --w.left;
                w.at = publishes_first ? 6 : 7;
                break;
            case 6:
                w.marked = s.reader.alive ? s.mark : 0;
                w.at = !publishes_first && w.known[w.block] == kDraft ? 5 : 7;
                break;
            case 7: {  // frees, a block a step
                int b = 0;
                while (b < kModelBlocks && (w.known[b] != kReplaced || w.marked == b + 1)) {
                    ++b;
                }
                if (b == kModelBlocks) {
                    w.at = w.left == 0 ? 9 : 2;
                    break;
                }
                w.known[b] = kFree;
                s.entry[b] = 0;
                break;
            }
            default: return;
        }
        visit(s);
    }
};

// --- A fork while the leader looks at the rows, one after the other ---

struct Forking {
    bool looks_at_copies = true;  // the leader looks at all rows again if marks were copied meanwhile
    bool copies_first = true;     // the parent's mark is cleared after the copy

    struct State {
        uint8_t mark[2];  // the child's row comes first
        uint8_t copies, content;
        uint8_t leader_at, marked, copies_before;
        uint8_t parent_at, parent_alive, child_at, child_alive;
        uint8_t wrong;
    };

    State initial() const {
        State s;
        std::memset(&s, 0, sizeof(s));
        s.mark[1] = 1;
        s.content = 1;
        s.parent_alive = 1;
        return s;
    }

    const char* broken(const State& s) const { return s.wrong ? "torn" : nullptr; }

    template <typename Visit>
    void each(const State& s, const Visit& visit) const {
        State next = s;
        switch (s.leader_at) {  // the block was replaced before
            case 0:
                next.copies_before = s.copies;
                next.marked = 0;
                break;
            // The child's row counts from the time it is made, whether the child has come or not.
            case 1: next.marked |= s.mark[0] && (s.parent_alive || s.child_alive); break;
            case 2: next.marked |= s.mark[1] && s.parent_alive; break;
            case 3:
                if (s.marked || (looks_at_copies && s.copies != s.copies_before)) {
                    next.leader_at = 255;  // it begins again
                }
                break;
            case 4: next.content = 0; break;
            default: break;
        }
        if (s.leader_at < 5) {
            ++next.leader_at;
            visit(next);
        }
        if (s.parent_alive) {
            next = s;
            const int at = copies_first ? s.parent_at : (s.parent_at == 0 ? 3 : s.parent_at - 1);
            switch (at) {
                case 0: next.mark[0] = 1; break;
                case 1: ++next.copies; break;
                case 2: next.child_alive = 1; break;
                case 3: next.mark[1] = 0; break;
                default: break;
            }
            if (s.parent_at < 4) {
                ++next.parent_at;
                visit(next);
            }
            next = s;
            next.parent_alive = 0;
            visit(next);
        }
        if (s.child_alive && s.child_at < 3) {
            next = s;
            next.wrong = s.content != 1;
            ++next.child_at;
            visit(next);
        }
    }
};

}  // namespace

TEST_CASE("model: in no order of steps and deaths is a block torn, a version lost, or one used twice",
          "[pool][model]") {
    const Outcome outcome = explore(Sharing{});
    CHECK(outcome.wrong == "");
    CHECK(outcome.states > 100000);
}

TEST_CASE("model: every mistake in the rules is found out", "[pool][model]") {
    Sharing sharing;
    std::string expected = "torn";
    SECTION("the block is used without a second look") { sharing.looks_again = false; }
    SECTION("the second look comes before the mark is visible") { sharing.mark_is_seen = false; }
    SECTION("the second look compares blocks alone") { sharing.compares_versions = false; }
    SECTION("the leader looks at marks before it publishes") { sharing.publishes_first = false; }
    SECTION("a successor keeps only what is published") { sharing.counts_entries = false; }
    SECTION("a successor does not wait for the leader's death") {
        sharing.waits_for_death = false;
        expected = "two writers";
    }
    CHECK(explore(sharing).wrong == expected);
}

TEST_CASE("model: what a child of a fork can see stays as it is", "[pool][model]") {
    Forking forking;
    const Outcome outcome = explore(forking);
    CHECK(outcome.wrong == "");
    CHECK(outcome.states > 100);
    forking.looks_at_copies = false;
    CHECK(explore(forking).wrong == "torn");
    forking.looks_at_copies = true;
    forking.copies_first = false;
    CHECK(explore(forking).wrong == "torn");
}
