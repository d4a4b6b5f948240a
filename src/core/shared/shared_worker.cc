#include "core/shared/shared_worker.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>

#include "core/base/sync_point.h"
#include "core/os/shared_wait.h"
#include "core/shared/shared_scope.h"

namespace bgworkers {

namespace {

using Clock = std::chrono::steady_clock;

// A waiter notes itself before each sleep; the longest is a slice of a wait.
constexpr std::chrono::milliseconds kNoteEvery{100};

uint64_t nanoseconds(Clock::time_point time) noexcept {
    return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

double unix_now() noexcept {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// Text that all processes may see while it changes: those who read it look at the turn before and after.
void write_error(SharedWorkerRow& row, std::string_view text) noexcept {
    // Not + 1: a leader that died in the middle has left it odd.
    const uint64_t turn = row.turn.load(std::memory_order_relaxed) | 1;
    row.turn.store(turn);
    BGW_SYNC_POINT("shared.error.odd");
    const size_t bytes = std::min(text.size(), sizeof(row.error));
    for (size_t at = 0; at < bytes; at += 8) {
        uint64_t word = 0;
        std::memcpy(&word, text.data() + at, std::min<size_t>(8, bytes - at));
        row.error[at / 8].store(word);
    }
    row.error_bytes.store(bytes);
    row.turn.store(turn + 1);
}

std::string read_error(const SharedWorkerRow& row) {
    for (int attempt = 0; attempt < 100; ++attempt) {
        const uint64_t turn = row.turn.load();
        std::string text(std::min<uint64_t>(row.error_bytes.load(), sizeof(row.error)), '\0');
        for (size_t at = 0; at < text.size(); at += 8) {
            const uint64_t word = row.error[at / 8].load();
            std::memcpy(text.data() + at, &word, std::min<size_t>(8, text.size() - at));
        }
        if ((turn & 1) == 0 && row.turn.load() == turn) {
            return text;
        }
    }
    return "";  // its writer died there, and nobody leads yet
}

}  // namespace

DemandRow& SharedWorker::demand() const noexcept { return scope_.memory_->region().demand(scope_.scope_).rows[place_]; }
SharedWorkerRow& SharedWorker::row() const noexcept {
    return scope_.memory_->region().slice(scope_.scope_).workers[place_];
}

// --- What is published ---

const std::atomic<uint64_t>& SharedWorker::word() const noexcept {
    return Marks::place(scope_.memory_->region(), scope_.scope_, place_);
}

Snapshot* SharedWorker::pin_newest(const char** why) noexcept {
    Snapshot* const pinned = scope_.memory_->pin(scope_.scope_, scope_.key_, place_, why);
    if (pinned == nullptr && *why == SharedMemory::kSpoilt) {
        scope_.is_spoilt_.store(true);
    }
    return pinned;
}

SharedPublication::Facts SharedWorker::facts() noexcept {
    const SharedPin seen = scope_.memory_->marks().look(scope_.scope_, place_);
    return {seen.version, seen.bytes, seen.published_at, static_cast<double>(row().looked_at.load()) / 1e6};
}

bool SharedWorker::is_scarce() const noexcept {
    const Region& region = scope_.memory_->region();
    uint64_t committed = 0;
    // A rough sum will do: it only says how many versions a request may keep in place.
    for (uint32_t i = 0; i < region.scope_count(); ++i) {
        committed += region.scopes().rows[i].committed.load(std::memory_order_relaxed);
    }
    return committed * kSharedPage > region.head().limit_bytes / 2;
}

Status SharedWorker::publish(const std::function<Status(const TakeMemory&)>& write, size_t* bytes, uint64_t* version) {
    // Held until the block is published or abandoned, for its end makes the memory read-only.
    const std::shared_ptr<Store> store = scope_.store();
    if (store == nullptr) {
        return Status::runtime("cannot publish: another process leads the shared workers");
    }
    Draft draft;
    Status written = write([&](size_t size) -> Result<void*> {
        Result<Draft> reserved = store->reserve(size);
        if (!reserved.ok()) {
            return reserved.status();
        }
        draft = reserved.value();
        return draft.data;
    });
    if (!written.ok()) {
        if (draft.data != nullptr) {
            store->abandon(draft);
        }
        return written;
    }
    *bytes = draft.bytes;
    Result<uint64_t> published = store->publish(place_, draft, unix_now());
    if (published.ok()) {
        *version = publication_word(published.value(), draft.block);
    }
    return published.status();
}

// --- Those who wait ---

SharedPublication::News SharedWorker::news() const noexcept {
    News news;
    // Before what it counts: who sleeps on it is woken by all that is not seen below.
    news.count = static_cast<uint32_t>(row().news.load());
    const uint64_t verdict = row().verdict.load();
    // A restart that the leader has not seen yet makes good what was before.
    const bool restarts = demand().restarts.load() != row().restarts.load();
    news.given_up = (verdict & SharedWorkerRow::kGivenUp) != 0 && !restarts;
    news.ended_silently = (verdict & SharedWorkerRow::kEndedSilently) != 0 && !restarts;
    news.launch_failures = static_cast<uint32_t>(verdict >> 32);
    return news;
}

void SharedWorker::sleep(uint32_t count, Clock::time_point until) const noexcept {
    sleep_while(row().news, count, std::min(until, Clock::now() + kNoteEvery));
}

void SharedWorker::note_waiter() noexcept {
    demand().waited_at.store(nanoseconds(Clock::now()), std::memory_order_relaxed);
}

bool SharedWorker::awaited_since(Clock::time_point when) const noexcept {
    const uint64_t waited_at = demand().waited_at.load(std::memory_order_relaxed);
    // It may have slept for that long since it noted itself.
    return waited_at != 0 && waited_at + nanoseconds(Clock::time_point(kNoteEvery)) >= nanoseconds(when);
}

void SharedWorker::change_verdict(uint64_t set, uint64_t clear) noexcept {
    if (!leads()) {
        return;
    }
    uint64_t verdict = row().verdict.load();
    // The loop and a run that publishes may both be here. News are counted although no bit changes: a publication has
    // none.
    while (!row().verdict.compare_exchange_weak(verdict, (verdict & ~clear) | set)) {
    }
    row().news.fetch_add(1);
    wake_sleepers(row().news);
}

void SharedWorker::note_look() noexcept {
    if (leads()) {
        row().looked_at.store(static_cast<uint64_t>(unix_now() * 1e6), std::memory_order_relaxed);
    }
}

void SharedWorker::tell_published() noexcept {
    change_verdict(0, SharedWorkerRow::kGivenUp | SharedWorkerRow::kEndedSilently);
}
void SharedWorker::tell_given_up(bool given_up) noexcept {
    change_verdict(given_up ? SharedWorkerRow::kGivenUp : 0, given_up ? 0 : SharedWorkerRow::kGivenUp);
}
void SharedWorker::tell_ended_silently(bool ended) noexcept {
    change_verdict(ended ? SharedWorkerRow::kEndedSilently : 0, ended ? 0 : SharedWorkerRow::kEndedSilently);
}
void SharedWorker::tell_launch_failed() noexcept {
    if (leads()) {
        // The upper half alone counts; it may run over, for it is compared with what was seen before.
        row().verdict.fetch_add(uint64_t{1} << 32);
        change_verdict(0, 0);
    }
}

// --- Asking ---

void SharedWorker::start() noexcept { demand().asked.fetch_or(DemandRow::kStart); }
bool SharedWorker::is_started() const noexcept { return (demand().asked.load() & DemandRow::kStart) != 0; }
void SharedWorker::run_now() noexcept { demand().asked.fetch_or(DemandRow::kRunNow); }
void SharedWorker::restart() noexcept { demand().restarts.fetch_add(1); }

bool SharedWorker::take_run_now() noexcept {
    // A look first: it is asked ten times a second, and to write would take the line from those who read it.
    return (demand().asked.load() & DemandRow::kRunNow) != 0 &&
           (demand().asked.fetch_and(~DemandRow::kRunNow) & DemandRow::kRunNow) != 0;
}

bool SharedWorker::take_restart() noexcept {
    // What was asked for since the last look is one restart. What comes from here on is the next.
    const uint64_t wanted = demand().restarts.load();
    if (wanted == row().restarts.load()) {
        return false;
    }
    row().restarts.store(wanted);
    return true;
}

// --- What the leader tells, and goes on from ---

bool SharedWorker::leads() const noexcept { return scope_.leads(); }

void SharedWorker::tell(const TellingOfWorker& telling) noexcept {
    SharedWorkerRow& row = this->row();
    row.state.store(telling.state);
    row.runs.store(telling.runs);
    row.crashes.store(telling.crashes);
    row.failures.store(telling.failures);
    row.exit_status.store(
        telling.has_exit_status ? SharedWorkerRow::kHasExitStatus | static_cast<uint32_t>(telling.exit_status) : 0);
    row.next_run.store(std::bit_cast<uint64_t>(telling.next_run));
    row.since.store(std::bit_cast<uint64_t>(telling.since));
    write_error(row, telling.error);
}

TellingOfWorker SharedWorker::told() const {
    const SharedWorkerRow& row = this->row();
    TellingOfWorker telling;
    telling.state = static_cast<uint32_t>(row.state.load());
    telling.runs = row.runs.load();
    telling.crashes = row.crashes.load();
    telling.failures = static_cast<uint32_t>(row.failures.load());
    const uint64_t status = row.exit_status.load();
    telling.has_exit_status = (status & SharedWorkerRow::kHasExitStatus) != 0;
    telling.exit_status = static_cast<int>(static_cast<uint32_t>(status));
    telling.next_run = std::bit_cast<double>(row.next_run.load());
    telling.since = std::bit_cast<double>(row.since.load());
    telling.error = read_error(row);
    return telling;
}

ProgressOfWorker SharedWorker::kept() const noexcept {
    const SharedWorkerRow& row = this->row();
    ProgressOfWorker progress;
    progress.bad_runs = static_cast<uint32_t>(row.bad_runs.load());
    progress.failures = static_cast<uint32_t>(row.failures.load());
    progress.given_up = row.given_up.load() != 0;
    progress.began_at = row.began_at.load();
    progress.worked_at = row.worked_at.load();
    progress.ended_at = row.ended_at.load();
    progress.pace = row.pace.load();
    progress.taken = static_cast<int64_t>(row.taken.load());
    return progress;
}

void SharedWorker::keep(const ProgressOfWorker& progress) noexcept {
    SharedWorkerRow& row = this->row();
    // The run first: a death in here is counted once too little rather than twice.
    row.began_at.store(progress.began_at);
    row.worked_at.store(progress.worked_at);
    row.bad_runs.store(progress.bad_runs);
    row.failures.store(progress.failures);
    row.given_up.store(progress.given_up);
    row.ended_at.store(progress.ended_at);
    row.pace.store(progress.pace);
    row.taken.store(static_cast<uint64_t>(progress.taken));
}

}  // namespace bgworkers
