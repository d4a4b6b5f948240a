#include "core/pool/region.h"

#include <chrono>
#include <new>

#include "core/base/sync_point.h"
#include "core/os/process_life.h"

namespace bgworkers {

namespace {

// Is the head what this build and these addresses expect? Sizes first: they bound all that is reached from here on.
bool fits(const PoolHead& head, size_t bytes, uint64_t fingerprint) noexcept {
    return head.magic == PoolHead::kMagic && head.layout == kPoolLayout && head.fingerprint == fingerprint &&
           head.scopes >= 1 && head.scopes <= kMostScopes && head.slice_bytes % kSharedPage == 0 &&
           head.slice_bytes > sizeof(SliceHead) && head.slice_bytes <= (bytes - kControlBytes) / head.scopes &&
           head.slice_bytes / kSharedPage <= UINT32_MAX;
}

}  // namespace

std::unique_ptr<Region> Region::map(void* addresses, size_t bytes, int file, uint64_t fingerprint) {
    char* base = static_cast<char*>(addresses);
    std::unique_ptr<Region> region;
    // Up to here all processes write from the start; what lies behind gets its pages with the scope, or the row of
    // facts, that needs it. The head stays read-only: who runs wild faults there instead of changing what the next
    // process checks.
    if (bytes > kControlBytes && give_pages(file, 0, kDemandAt) == 0 && map_shared(base, file, 0, bytes) &&
        set_writable(base + kScopesAt, kControlBytes - kScopesAt, true)) {
        const PoolHead head = *reinterpret_cast<const PoolHead*>(base);
        if (fits(head, bytes, fingerprint)) {
            try {
                region.reset(new Region(base, bytes, file, head));
            } catch (const std::bad_alloc&) {
                // told below
            }
        }
    }
    if (region == nullptr) {
        release_addresses(addresses, bytes);
        close_shared_file(file);
        return nullptr;
    }
    region->process_ = this_process();
    region->start_ = start_of_process(region->process_);
    return region;
}

Region::~Region() {
    release_row();
    release_addresses(base_, bytes_);
    close_shared_file(file_);
}

bool Region::set_slice_writable(uint32_t scope, bool writable) noexcept {
    const uint64_t bit = uint64_t{1} << scope;
    // Relaxed: only the child of a fork looks at it, in a copy of its own. It is set before the slice is writable and
    // cleared after, so that a fork in between leaves the child a bit too many, never a slice.
    if (writable) {
        writable_.fetch_or(bit, std::memory_order_relaxed);
    }
    const bool done = set_writable(base_ + slice_at(scope), head_.slice_bytes, writable);
    if (done != writable) {
        writable_.fetch_and(~bit, std::memory_order_relaxed);
    }
    return done;
}

uint64_t Region::now() noexcept {
    using Hundredths = std::chrono::duration<uint64_t, std::centi>;
    return std::chrono::duration_cast<Hundredths>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void Region::set_patience(uint64_t fork, uint64_t busy) noexcept {
    fork_patience_ = fork;
    busy_patience_ = busy;
}

// --- Others ---

bool Region::is_alive(ProcessId process) const noexcept {
    if (process.nobody()) {
        return false;
    }
    if (process.is_forking()) {
        // 31 bits of hundredths of a second come round after 248 days: the difference tells before from after, a
        // comparison would not.
        return ((process.start() - now()) & ProcessId::kStartMask) <= ProcessId::kStartMask / 2;
    }
    // F_GETLK never shows a process its own lock.
    if (process.process() == process_ && ((process.start() ^ start_) & ProcessId::kStartMask) == 0) {
        return true;
    }
    // A row that was given to another has a byte that speaks for that one.
    if (row(process.row()).owner.load() == process.word) {
        // The byte first: it costs 1 us to ask, /proc 20. Who has become another program does not hold it any more,
        // since exec closes the file.
        if (is_byte_held(file_, row_byte(process.row()))) {
            return true;
        }
        // Alive, perhaps, but as another program: a fork that was made to start one.
        const uint64_t program = row(process.row()).program.load();
        const uint64_t present = program == 0 ? 0 : program_of_process(process.process());
        if (present != 0 && present != program) {
            return false;
        }
    }
    return !is_process_gone(process.process(), process.start(), ProcessId::kStartMask);
}

uint32_t Region::sweep() noexcept {
    uint32_t swept = 0;
    for (uint32_t i = 0; i < kPoolRows; ++i) {
        uint64_t owner = row(i).owner.load();
        if (owner != 0 && !is_alive({owner})) {
            BGW_SYNC_POINT("pool.sweep.dead");
            swept += row(i).owner.compare_exchange_strong(owner, 0);
        }
    }
    return swept;
}

// --- This process's row ---

ProcessId Region::me(uint32_t row) const noexcept { return ProcessId::of(process_, start_, row); }

void Region::clear(ProcessRow& row) noexcept {
    // A mark goes with release: whoever finds it gone may write there, and what this process has read there was read
    // before.
    row.scopes.store(0);
    row.program.store(0);
    for (SharedWord& mark : row.marks) {
        mark.store(0, std::memory_order_release);
    }
    row.marks_used.store(0);
}

bool Region::take_row(uint32_t row, ProcessId expected, ProcessId as) noexcept {
    // The byte before the name: who reads the name shall find a byte that is held, and need not ask /proc.
    if (!hold_byte(file_, row_byte(row))) {
        return false;
    }
    BGW_SYNC_POINT("pool.claim.locked");
    uint64_t owner = expected.word;
    if (!this->row(row).owner.compare_exchange_strong(owner, as.word)) {
        drop_byte(file_, row_byte(row));
        return false;
    }
    BGW_SYNC_POINT("pool.claim.owned");
    // Until here the marks of the dead count as this process's: a block is kept too long, never too short.
    clear(this->row(row));
    BGW_SYNC_POINT("pool.claim.cleared");
    return true;
}

bool Region::claim_row() noexcept {
    if (has_row()) {
        return true;
    }
    // Asking who lives costs a system call a row, so free rows come first.
    for (const bool among_dead : {false, true}) {
        for (uint32_t i = 0; i < kCommonRow; ++i) {
            const ProcessId owner{row(i).owner.load()};
            if (owner.nobody() == among_dead || (among_dead && is_alive(owner))) {
                continue;
            }
            if (take_row(i, owner, me(i))) {
                // The program comes last: while it is 0 nobody concludes anything from it.
                self_.store(me(i).word);
                row(i).program.store(program_of_process(process_));
                return true;
            }
        }
    }
    return false;
}

void Region::release_row() noexcept {
    const ProcessId id = self();
    uint64_t owner = id.word;
    if (id.nobody() || id.process() != this_process()) {
        return;  // a child that nobody told that it is one has no business here
    }
    self_.store(0);
    // The marks go first: a row without an owner is not looked at, and the next owner clears what a death leaves here.
    // If this process was taken for dead meanwhile, the row and its marks are another's.
    if (row(id.row()).owner.load() == owner) {
        clear(row(id.row()));
        BGW_SYNC_POINT("pool.release.cleared");
        row(id.row()).owner.compare_exchange_strong(owner, 0);
    }
    drop_byte(file_, row_byte(id.row()));
}

bool Region::reassert() noexcept {
    const ProcessId id = self();
    if (id.nobody()) {
        return false;
    }
    if (row(id.row()).owner.load() != id.word) {
        // Nothing keeps what this process has marked any more, and it marks nothing again: its readers copy from now
        // on.
        self_.store(0);
        return false;
    }
    // While it is held by another, that one is about to see that the row has an owner who lives.
    hold_byte(file_, row_byte(id.row()));
    return true;
}

bool Region::take_common_row(ProcessId* taken) noexcept {
    const ProcessId owner{row(kCommonRow).owner.load()};
    *taken = me(kCommonRow);
    return !is_alive(owner) && take_row(kCommonRow, owner, *taken);
}

void Region::leave_common_row(ProcessId taken) noexcept {
    clear(row(kCommonRow));
    uint64_t owner = taken.word;
    row(kCommonRow).owner.compare_exchange_strong(owner, 0);
    drop_byte(file_, row_byte(kCommonRow));
}

// --- Fork ---

bool Region::before_fork() noexcept {
    for_child_ = {};
    if (!has_row()) {
        return false;
    }
    for (uint32_t i = 0; i < kCommonRow; ++i) {
        uint64_t owner = row(i).owner.load();
        const ProcessId child = ProcessId::forking(process_, now() + fork_patience_, i);
        // A row of the dead whose byte is held is just being taken.
        if ((owner != 0 && is_alive({owner})) || is_byte_held(file_, row_byte(i)) ||
            !row(i).owner.compare_exchange_strong(owner, child.word)) {
            continue;
        }
        BGW_SYNC_POINT("pool.fork.owned");
        clear(row(i));
        row(i).scopes.store(own_row().scopes.load());
        row(i).marks_used.store(own_row().marks_used.load());
        for (uint32_t m = 0; m < kMarks; ++m) {
            row(i).marks[m].store(own_row().marks[m].load());
        }
        BGW_SYNC_POINT("pool.fork.copied");
        // A leader may have passed this row before the marks were there, and comes to the parent's after it has cleared
        // them: it sees by this that it has to look again. Marks::mutex_ is held, so none is cleared before.
        scopes().copies.fetch_add(1);
        for_child_ = child;
        return true;
    }
    return false;
}

void Region::after_fork_in_parent(uint32_t child) noexcept {
    // A fork handler is not told the number. Then the child takes the row itself, or it is free after a while.
    if (for_child_.nobody() || child == kUnknownChild) {
        for_child_ = {};
        return;
    }
    uint64_t owner = for_child_.word;
    const uint32_t i = for_child_.row();
    BGW_SYNC_POINT("pool.fork.parent");
    // Whoever of the two comes first writes the same.
    row(i).owner.compare_exchange_strong(owner, child == 0 ? 0 : ProcessId::of(child, start_of_process(child), i).word);
    for_child_ = {};
}

void Region::after_fork_in_child() noexcept {
    process_ = this_process();
    start_ = start_of_process(process_);
    for (uint32_t scope = 0; scope < scope_count(); ++scope) {
        if ((writable_.load(std::memory_order_relaxed) >> scope & 1) != 0) {
            set_slice_writable(scope, false);  // it leads nothing
        }
    }
    self_.store(0);
    if (for_child_.nobody()) {
        return;
    }
    const uint32_t i = for_child_.row();
    uint64_t owner = for_child_.word;
    BGW_SYNC_POINT("pool.fork.child");
    hold_byte(file_, row_byte(i));
    BGW_SYNC_POINT("pool.fork.child_locked");
    if (row(i).owner.compare_exchange_strong(owner, me(i).word)) {
        owner = me(i).word;
    }
    if (!ProcessId{owner}.is_forking() && ProcessId{owner}.process() == process_) {
        self_.store(owner);
        row(i).program.store(program_of_process(process_));
    } else {
        drop_byte(file_, row_byte(i));  // it came too late
    }
    for_child_ = {};
}

}  // namespace bgworkers
