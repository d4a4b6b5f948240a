// What lies where in the memory that the processes of one user share.
//
//   control  [ Head | ScopeTable | a ProcessRow each | owners of facts | a Demand each scope | rows of facts ]
//                                                                               written by all, but for the head
//   data     [ a slice each scope: SliceHead, pages of blocks ]                 written by the scope's leader alone
//
// Everything is found by adding to where the file is mapped. Only a block's contents hold addresses, of that block.
// No word here has to be repaired when a process dies: each is written in one store, and the lines below say who writes
// it, when, and what is there if that store was the process's last. All stores and loads are sequentially consistent
// unless said otherwise.
//
// Head                      the parent, before it forks; read-only from then on.
// ScopeTable::busy          whoever looks for a scope, or for a place in a Demand: CAS from nobody or the dead. The
// next
//                           one takes it over from the dead.
// ScopeTable::copies        whoever forks: + 1 when the child's row has all marks, before the parent may clear one.
// ScopeRow::key             under `busy`: 0, then (the slice is emptied) the new key. A death leaves a free row; the
// next
//                           one empties it again.
// ScopeRow::leader          whoever becomes leader: CAS from nobody or the dead; the leader to 0 at its end. A dead
//                           leader's name.
// ScopeRow::next            any process, CAS: in line; the leader to 0 when that one is dead. A dead one's name.
// ScopeRow::leader_beat, next_beat    leader and next in line, each tick; relaxed. An old time.
// ScopeRow::terms           a new leader, once; relaxed. One change of the leader that is not counted.
// ScopeRow::committed       the leader, before pages are given, after they are taken back. Too many pages counted,
// which
//                           the next leader counts anew.
// ProcessRow::owner         whoever takes the row: CAS from nobody or the dead; the owner to 0 at its end. A dead
// owner's
//                           row.
// ProcessRow::scopes        the owner, under `busy`. A dead one's: not counted.
// ProcessRow::marks_used    the owner, before the first use of a mark above it. The same.
// ProcessRow::marks         the owner: the block, then a second look; release to 0. The same.
// ProcessRow::program       the owner, last. 0: nothing follows from it.
// Demand::name, name_bytes  under `busy`, before `name_hash`. Text of a row that is free.
// Demand::name_hash         under `busy`, once. A name that is taken.
// Demand::asked             any process: bits are set; the leader takes kRunNow back. A start that is wanted.
// Demand::restarts          any process: + 1. A restart that is wanted.
// Demand::waited_at         any process that waits; relaxed. An old time.
// Publication::word         the leader, CAS: version and block in one. The new version, whole.
// BlockEntry::place         the leader, right before it publishes the block; 0 before its pages serve others. An entry
//                           that nothing refers to, which the next leader clears; no two entries overlap at any time.
// BlockEntry::bytes, published_at     the leader, before `place`; relaxed. The same.
// fact_owners               whoever takes the row: CAS from nobody or the dead; the owner to 0 at its end. A dead
//                           owner's row, which nobody shows; who looks frees it.
// FactRow, the rest         the owner: `turn` odd, then all of it, then `turn` even. An odd turn: readers skip the row,
//                           as they do while `writer` is not the owner.
// FactRow::told_at, resident    the owner, at any time; each is right for itself. An old time.
// SharedWorkerRow, all of it      the leader. Some words new, some old: each is right for itself, and a successor goes
//                           on from them. `turn` is odd then, until that one writes.
//
// Pages: the control part has all of its own before anything is written there (a Demand and the head of a slice before
// their scope has a key, a row of facts before it has an owner), a block before it is written. A hole is never touched:
// where the system counts memory strictly that is SIGBUS.
//
// A mark is looked for with the block's publication already replaced, and set with a second look at the publication:
// in the one order of all these stores and loads either the leader sees the mark or the reader sees the new word.
// Only a fork copies a mark to another row, which a leader may have looked at before: it looks again if `copies` rose.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "core/os/shared_file.h"

namespace bgworkers {

using SharedWord = std::atomic<uint64_t>;
static_assert(SharedWord::is_always_lock_free && sizeof(SharedWord) == 8);

constexpr uint32_t kPoolLayout = 4;  // counts up with every change of this file

constexpr uint32_t kPoolRows = 1024;  // the last one is common: see marks.h
constexpr uint32_t kCommonRow = kPoolRows - 1;
constexpr uint32_t kMarks = 60;  // of a process; the last one is for copying out
constexpr uint32_t kMostScopes = 64;  // bits of ProcessRow::scopes
constexpr uint32_t kPublications = 64;  // of a scope
constexpr int kBlockBits = 12;
constexpr uint32_t kBlocks = 1u << kBlockBits;  // of a scope
constexpr uint32_t kFactRows = 4096;  // of all workers of all processes together

struct PoolHead {
    static constexpr uint64_t kMagic = 0x6c6f6f7077676231;
    uint64_t magic;
    uint64_t layout;
    uint64_t fingerprint;  // of what was built: another build reads nothing here
    uint64_t scopes;  // how many there can be
    uint64_t slice_bytes;  // of each
    uint64_t limit_bytes;  // of all data together
};

struct alignas(64) ScopeRow {
    SharedWord key;  // 0: free
    SharedWord leader;  // ProcessId
    SharedWord next;  // ProcessId
    SharedWord leader_beat;  // hundredths of a second
    SharedWord next_beat;
    SharedWord terms;  // how often somebody became leader
    SharedWord committed;  // pages that were given to blocks of its slice
};

struct ScopeTable {
    alignas(64) SharedWord busy;  // ProcessId
    SharedWord copies;
    ScopeRow rows[kMostScopes];
};

struct alignas(64) ProcessRow {
    SharedWord owner;  // ProcessId
    SharedWord scopes;  // a bit for each that it is in
    SharedWord marks_used;  // how many it has ever had at once
    SharedWord program;  // program_of_process() of the owner; 0: not known
    SharedWord marks[kMarks];  // mark_of(), 0: none
};
static_assert(sizeof(ProcessRow) == 512);

// version << kBlockBits | block. Versions of one publication rise by one from 1; 52 bits never end.
struct alignas(64) PublicationRow {
    SharedWord word;
};
constexpr uint64_t version_in(uint64_t word) { return word >> kBlockBits; }
constexpr uint32_t block_in(uint64_t word) { return word & (kBlocks - 1); }
constexpr uint64_t publication_word(uint64_t version, uint32_t block) { return version << kBlockBits | block; }

struct BlockEntry {
    SharedWord place;  // first page of the slice << 32 | pages; 0: none
    SharedWord bytes;
    SharedWord published_at;  // unix time, microseconds
    SharedWord spare;
};
constexpr uint64_t place_of(uint64_t page, uint64_t pages) { return page << 32 | pages; }

constexpr uint64_t mark_of(uint32_t scope, uint32_t block) {
    return uint64_t{scope} << kBlockBits | block | 1ull << 63;
}

// What anybody may ask of a worker that is shared; a row a publication.
struct alignas(64) DemandRow {
    static constexpr uint64_t kStart = 1;  // it shall run; for good
    static constexpr uint64_t kRunNow = 2;  // of a job: somebody waits for its first publication
    SharedWord name_hash;  // 0: nobody has asked for a worker of this place
    SharedWord name_bytes;
    SharedWord asked;
    SharedWord restarts;
    SharedWord waited_at;  // somebody waits for it: when that was seen last, nanoseconds of the steady clock
    SharedWord name[32];
};
struct Demand {
    DemandRow rows[kPublications];
};
static_assert(sizeof(Demand) % kSharedPage == 0);

// What the leader tells of a worker, for all to show, and for its successor to go on from. Times: nanoseconds of the
// steady clock, which is one for all processes of a machine; 0: none.
struct alignas(64) SharedWorkerRow {
    static constexpr uint64_t kHasExitStatus = uint64_t{1} << 32;
    static constexpr uint64_t kGivenUp = 1, kEndedSilently = 2;  // of `verdict`; launch failures << 32
    SharedWord turn;  // odd while `error` is written
    SharedWord state;  // WorkerState
    SharedWord runs, crashes;
    SharedWord failures, bad_runs;  // in a row
    SharedWord exit_status;
    SharedWord next_run;  // of a job that waits: Unix time, the bits of a double
    SharedWord began_at;  // the present run
    SharedWord worked_at;  // since when that has worked
    SharedWord ended_at;  // the last run
    SharedWord pace;  // nanoseconds from then to the next one, were it not given up
    SharedWord given_up;
    SharedWord taken;  // of a job: the multiple of `every` that has had its run, nanoseconds since the epoch
    SharedWord restarts;  // of those asked for: seen
    SharedWord verdict;  // what ends a wait for the first publication
    SharedWord news;  // its low half counts up whenever one may be over: a futex
    SharedWord looked_at;  // the last set_vars(), be it with equal data: unix time, microseconds
    SharedWord since;  // when it came into its state: Unix time, the bits of a double
    SharedWord error_bytes;
    SharedWord error[64];
};

// What a process tells of one of its workers, be it shared or not, for others of its user and scope to show. Times are
// Unix time, 0: none.
struct FactNumbers {
    static constexpr uint64_t kHasExitStatus = uint64_t{1} << 32;
    uint64_t state = 0;  // WorkerState
    uint64_t hung = 0;
    double since = 0;  // when it came into that state
    uint64_t instances = 0, runs = 0, crashes = 0, failures = 0;
    uint64_t exit_status = 0;
    uint64_t version = 0, publications = 0, bytes = 0, pinned_bytes = 0;
    double published_at = 0, looked_at = 0, next_run = 0;
    uint64_t queued = 0, running = 0, sent = 0, busy = 0;  // tasks, and instances with one
    double oldest_at = 0;  // when the first of those that wait was queued
    uint64_t ended[8] = {};  // by TaskOutcome
    uint64_t shared = 0, leader = 0, took_over = 0;
    bool operator==(const FactNumbers&) const = default;
};
constexpr size_t kFactNumbers = sizeof(FactNumbers) / 8;
constexpr size_t kFactNameWords = 32;
constexpr size_t kFactErrorWords = 128 - 7 - kFactNumbers - kFactNameWords;
struct alignas(64) FactRow {
    SharedWord turn;  // odd while the rest is written
    SharedWord writer;  // ProcessId: whose facts they are
    SharedWord scope;  // a key, as of ScopeRow
    SharedWord numbers[kFactNumbers];
    SharedWord name_bytes, name[kFactNameWords];
    SharedWord error_bytes, error[kFactErrorWords];
    SharedWord told_at;  // when all this was looked at last: Unix time, microseconds
    SharedWord resident;  // bytes of the process
};
static_assert(sizeof(FactRow) == 1024 && std::is_trivially_copyable_v<FactNumbers> && sizeof(FactNumbers) % 8 == 0);

struct SliceHead {
    PublicationRow publications[kPublications];
    BlockEntry blocks[kBlocks];
    SharedWorkerRow workers[kPublications];
};
static_assert(sizeof(SliceHead) % kSharedPage == 0);
constexpr size_t kSliceHeadPages = sizeof(SliceHead) / kSharedPage;

static_assert(std::is_standard_layout_v<PoolHead> && std::is_standard_layout_v<ScopeTable> &&
              std::is_standard_layout_v<ProcessRow> && std::is_standard_layout_v<SliceHead>);

// --- Where each begins, in bytes from the start of the file ---

constexpr size_t kScopesAt = kSharedPage;
constexpr size_t kRowsAt = kScopesAt + 2 * kSharedPage;
constexpr size_t kFactOwnersAt = kRowsAt + kPoolRows * sizeof(ProcessRow);
constexpr size_t kDemandAt = kFactOwnersAt + kFactRows * sizeof(SharedWord);
constexpr size_t kFactRowsAt = kDemandAt + kMostScopes * sizeof(Demand);
constexpr size_t kControlBytes = kFactRowsAt + kFactRows * sizeof(FactRow);
static_assert(sizeof(PoolHead) <= kScopesAt && sizeof(ScopeTable) <= kRowsAt - kScopesAt &&
              kDemandAt % kSharedPage == 0 && kFactRowsAt % kSharedPage == 0 && kControlBytes % kSharedPage == 0);

// Locks: the byte of a row is held by the process whose row it is, as long as it lives.
constexpr size_t row_byte(uint32_t row) { return row; }

}  // namespace bgworkers
