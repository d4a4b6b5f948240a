#include "core/shared/shared_scope.h"

#include <new>

namespace bgworkers {

SharedScope::SharedScope(std::shared_ptr<SharedMemory> memory, uint32_t scope, uint64_t key, bool joined)
    : memory_(std::move(memory)), scope_(scope), key_(key), joined_(joined), leadership_(memory_->region(), scope) {}

// What this process has pinned may live on: the row stays in the scope.
SharedScope::~SharedScope() = default;

Result<std::unique_ptr<SharedScope>> SharedScope::join(std::shared_ptr<SharedMemory> memory,
                                                       const std::string& key_text) {
    const uint64_t key = scope_key(key_text);
    uint32_t scope = 0;
    bool joined = false;
    switch (join_scope(memory->region(), key, &scope)) {
        case JoinResult::joined: joined = true; break;
        case JoinResult::none_left: return Status::runtime("shared memory: no place for one scope more is left");
        case JoinResult::busy: return Status::runtime("shared memory: another process holds the table of scopes");
        case JoinResult::no_row:
            if (!find_scope(memory->region(), key, &scope)) {
                return Status::runtime("shared memory: no place for one process more is left");
            }
    }
    return std::unique_ptr<SharedScope>(new SharedScope(std::move(memory), scope, key, joined));
}

Result<SharedWorker*> SharedScope::worker(const std::string& name, uint32_t most) {
    uint32_t place = 0;
    switch (claim_place(memory_->region(), scope_, name, most, &place)) {
        case PlaceResult::found: break;
        case PlaceResult::none_left:
            return Status::runtime("no place for worker \"" + name + "\" is left: " + std::to_string(most) +
                                   " names of this scope are shared already");
        case PlaceResult::busy:
            return Status::runtime("worker \"" + name + "\" cannot be shared: the shared memory is in use by others");
    }
    // Only from here: to claim a place may take as long as another process holds the table.
    MutexLock lock(mutex_);
    if (workers_[place] == nullptr) {
        workers_[place] = std::make_unique<SharedWorker>(*this, place);
    }
    return workers_[place].get();
}

bool SharedScope::is_wanted(uint32_t place) const noexcept {
    const DemandRow& row = memory_->region().demand(scope_).rows[place];
    return row.name_hash.load() != 0 && (row.asked.load() & DemandRow::kStart) != 0;
}

// The youngest process is the next in line, so each goes there once. Later on a place is taken that nobody has.
Leadership::Event SharedScope::tick(bool may_lead) noexcept {
    if (!joined_) {
        return Leadership::Event::none;
    }
    if (!may_lead) {
        // A leader goes on: its runs have to end before another one may lead. It hands over when they have.
        if (!leadership_.leads()) {
            leadership_.hand_over();  // leaves the line
            return Leadership::Event::none;
        }
    } else if (!in_line_once_) {
        in_line_once_ = true;
        leadership_.join_line();
    } else {
        // What it says shows in the tick below.
        leadership_.look();
    }
    const Leadership::Event event = leadership_.tick();
    if (event == Leadership::Event::took_over || event == Leadership::Event::leads) {
        const uint64_t now = Region::now(), beat = leadership_.last_beat();
        // A beat of the future is one of a broken process.
        silent_for_ = beat == 0 || beat > now ? 0 : static_cast<double>(now - beat) / 100;
    }
    return event;
}

std::shared_ptr<Store> SharedScope::store() {
    MutexLock lock(mutex_);
    return store_;
}

Status SharedScope::open_store() {
    // Acquire: a store that is gone has made the slice read-only before this one makes it writable.
    if (stores_.load(std::memory_order_acquire) != 0) {
        return Status::runtime("a run still publishes for a former time of leading");
    }
    Result<std::unique_ptr<Store>> opened = Store::open(memory_->region(), scope_, &is_spoilt_);
    if (!opened.ok()) {
        return opened.status();
    }
    // Counted until it is gone, since its end makes the memory read-only.
    // Before the pointer is made: where there is no memory for that, it calls the deleter at once.
    stores_.fetch_add(1, std::memory_order_relaxed);
    std::shared_ptr<Store> store(opened.value().release(), [this](Store* gone) {
        delete gone;
        stores_.fetch_sub(1, std::memory_order_release);
    });
    MutexLock lock(mutex_);
    store_ = std::move(store);
    return {};
}

void SharedScope::close_store() noexcept {
    std::shared_ptr<Store> store;  // ends outside the lock
    MutexLock lock(mutex_);
    store.swap(store_);
}

void SharedScope::hand_over() noexcept { leadership_.hand_over(); }

void SharedScope::lock_for_fork() noexcept {
    mutex_.lock();
    // A store that was closed and is still written through is not locked: the child has no way to it.
    if (store_) {
        store_->lock_for_fork();
    }
}

void SharedScope::unlock_after_fork() noexcept {
    if (store_) {
        store_->unlock_after_fork();
    }
    mutex_.unlock();
}

// The store refuses everything from now on, since this process does not lead. It is kept: a thread that is gone may
// have been about to let go of it.
void SharedScope::reinitialise() noexcept {
    if (store_) {
        store_->reinitialise();
    }
    mutex_.reinitialise();
}

}  // namespace bgworkers
