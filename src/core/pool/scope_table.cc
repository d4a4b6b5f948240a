#include "core/pool/scope_table.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>

#include "core/base/sync_point.h"

namespace bgworkers {

namespace {

// `busy`, for as long as it lives.
class Busy {
public:
    explicit Busy(Region& region) noexcept : word_(region.scopes().busy), self_(region.self()) {
        const uint64_t until = Region::now() + region.busy_patience();
        for (;;) {
            uint64_t owner = word_.load();
            // Asked with each turn, for the holder may die while others wait.
            if (!region.is_alive({owner}) && word_.compare_exchange_strong(owner, self_.word)) {
                taken_ = true;
                return;
            }
            if (Region::now() > until) {
                return;
            }
            std::this_thread::sleep_for(std::chrono::microseconds(100));
        }
    }
    ~Busy() {
        uint64_t owner = self_.word;
        // By CAS: should this process have been taken for dead here, the word is its successor's.
        if (taken_) {
            word_.compare_exchange_strong(owner, 0);
        }
    }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;
    bool taken() const noexcept { return taken_; }

private:
    SharedWord& word_;
    const ProcessId self_;
    bool taken_ = false;
};

uint64_t joined_by_the_living(const Region& region) noexcept {
    uint64_t scopes = 0;
    // The common row as well: who has none may be copying there.
    for (uint32_t i = 0; i < kPoolRows; ++i) {
        const ProcessId owner{region.row(i).owner.load()};
        const uint64_t its = owner.nobody() ? 0 : region.row(i).scopes.load();
        // Whoever adds nothing is not asked about, for that is a system call.
        if ((its & ~scopes) != 0 && region.is_alive(owner)) {
            scopes |= its;
        }
    }
    return scopes;
}

// A row is given a key with an empty slice, whoever had it and wherever that one died. First the key goes, then
// processes without a row are looked for, which say that they read there and then look at the key.
bool make_new(Region& region, uint32_t scope, uint64_t key) noexcept {
    ScopeRow& row = region.scopes().rows[scope];
    const uint64_t before = row.key.exchange(0);
    BGW_SYNC_POINT("pool.join.freed");
    if ((joined_by_the_living(region) >> scope & 1) != 0) {
        row.key.store(before);
        return false;
    }
    // If one of these fails the row stays without a key: free, and emptied again by the next.
    if (take_pages(region.file(), region.slice_at(scope), region.head().slice_bytes) != 0 ||
        give_pages(region.file(), region.slice_at(scope), sizeof(SliceHead)) != 0 ||
        take_pages(region.file(), kDemandAt + scope * sizeof(Demand), sizeof(Demand)) != 0 ||
        give_pages(region.file(), kDemandAt + scope * sizeof(Demand), sizeof(Demand)) != 0) {
        return false;
    }
    BGW_SYNC_POINT("pool.join.emptied");
    for (SharedWord* word : {&row.leader, &row.next, &row.leader_beat, &row.next_beat, &row.terms, &row.committed}) {
        word->store(0);
    }
    // Last: who finds the key finds an empty slice, whose head has its pages.
    row.key.store(key);
    BGW_SYNC_POINT("pool.join.keyed");
    return true;
}

// --- Names of workers ---

bool find_name(const Demand& demand, uint64_t hash, uint32_t* place) noexcept {
    for (uint32_t i = 0; i < kPublications; ++i) {
        if (demand.rows[i].name_hash.load() == hash) {
            *place = i;
            return true;
        }
    }
    return false;
}

void write_text(SharedWord* words, SharedWord& bytes, std::string_view text) noexcept {
    for (size_t at = 0; at < text.size(); at += 8) {
        uint64_t word = 0;
        std::memcpy(&word, text.data() + at, std::min<size_t>(8, text.size() - at));
        words[at / 8].store(word, std::memory_order_relaxed);
    }
    bytes.store(text.size(), std::memory_order_relaxed);
}

}  // namespace

uint64_t scope_key(std::string_view text) noexcept {
    uint64_t hash = 0xcbf29ce484222325;  // FNV-1a, stirred
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
    hash = (hash ^ hash >> 32) * 0xd6e8feb86659fd93;
    hash = (hash ^ hash >> 32) * 0xd6e8feb86659fd93;
    hash ^= hash >> 32;
    return hash == 0 ? 1 : hash;
}

bool find_scope(const Region& region, uint64_t key, uint32_t* scope) noexcept {
    for (uint32_t i = 0; i < region.scope_count(); ++i) {
        if (region.scopes().rows[i].key.load() == key) {
            *scope = i;
            return true;
        }
    }
    return false;
}

JoinResult join_scope(Region& region, uint64_t key, uint32_t* scope) noexcept {
    if (!region.has_row()) {
        return JoinResult::no_row;
    }
    const Busy busy(region);
    if (!busy.taken()) {
        return JoinResult::busy;
    }
    BGW_SYNC_POINT("pool.join.busy");
    bool found = find_scope(region, key, scope);
    if (!found) {
        uint64_t in_use = 0;
        for (uint32_t i = 0; i < region.scope_count(); ++i) {
            in_use |= uint64_t{region.scopes().rows[i].key.load() != 0} << i;
        }
        const uint64_t all = ~uint64_t{0} >> (kMostScopes - region.scope_count());
        // Only then is a scope given away that nobody is in: its processes may come back, and find their last
        // snapshots.
        if (in_use == all) {
            in_use = joined_by_the_living(region);
        }
        for (uint32_t i = 0; i < region.scope_count() && !found; ++i) {
            if ((in_use >> i & 1) == 0 && make_new(region, i, key)) {
                *scope = i;
                found = true;
            }
        }
    }
    if (found) {
        // While `busy` is held, under which others look who is where.
        region.own_row().scopes.fetch_or(uint64_t{1} << *scope);
        BGW_SYNC_POINT("pool.join.joined");
    }
    return found ? JoinResult::joined : JoinResult::none_left;
}

PlaceResult claim_place(Region& region, uint32_t scope, std::string_view name, uint32_t most,
                        uint32_t* place) noexcept {
    Demand& demand = region.demand(scope);
    const uint64_t hash = scope_key(name);
    if (find_name(demand, hash, place)) {
        return PlaceResult::found;
    }
    if (!region.has_row() || name.size() > sizeof(DemandRow::name)) {
        return PlaceResult::busy;
    }
    const Busy busy(region);
    if (!busy.taken()) {
        return PlaceResult::busy;
    }
    // Another may have come between the first look and `busy`.
    if (find_name(demand, hash, place)) {
        return PlaceResult::found;
    }
    for (uint32_t i = 0; i < std::min(most, kPublications); ++i) {
        DemandRow& row = demand.rows[i];
        if (row.name_hash.load() == 0) {
            // Its stores are relaxed: the hash comes after them, and others look at that first.
            write_text(row.name, row.name_bytes, name);
            BGW_SYNC_POINT("pool.claim_place.written");
            row.name_hash.store(hash);
            *place = i;
            return PlaceResult::found;
        }
    }
    return PlaceResult::none_left;
}

std::string name_of_place(const Region& region, uint32_t scope, uint32_t place) {
    const DemandRow& row = region.demand(scope).rows[place];
    const uint64_t hash = row.name_hash.load();
    std::string name(hash == 0 ? 0 : std::min<uint64_t>(row.name_bytes.load(std::memory_order_relaxed), 255), '\0');
    for (size_t at = 0; at < name.size(); at += 8) {
        const uint64_t word = row.name[at / 8].load(std::memory_order_relaxed);
        std::memcpy(name.data() + at, &word, std::min<size_t>(8, name.size() - at));
    }
    return !name.empty() && scope_key(name) == hash ? name : "";
}

}  // namespace bgworkers
