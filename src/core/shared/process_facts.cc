#include "core/shared/process_facts.h"

#include "core/pool/scope_table.h"

namespace bgworkers {

void ProcessFacts::enter(std::shared_ptr<SharedMemory> memory, std::string purpose) {
    memory_ = std::move(memory);
    purpose_ = std::move(purpose);
    entered_.store(true, std::memory_order_release);
}

uint64_t ProcessFacts::key_of(std::string_view config, std::string_view entrypoint, std::string_view label) const {
    std::string text;
    for (const std::string_view part : {config, entrypoint, label, std::string_view(purpose_)}) {
        text += part;
        text += '\0';
    }
    return scope_key(text);
}

// All or none.
bool ProcessFacts::claim(const std::vector<Telling>& all) {
    Region& region = memory_->region();
    if (rows_.empty()) {
        // Only for a first row: with one owner for all of them, others show the whole process or nothing.
        owner_ = region.self();
    }
    rows_.reserve(all.size());
    while (!owner_.nobody() && rows_.size() < all.size()) {
        uint32_t row = 0;
        if (!claim_fact_row(region, owner_, &row)) {
            free_all();
            return false;
        }
        rows_.push_back({row, {}});
    }
    return !owner_.nobody();
}

bool ProcessFacts::tell(const std::vector<Telling>& all, double now, uint64_t resident) {
    if (left_ || !claim(all)) {
        return false;
    }
    Region& region = memory_->region();
    bool changed = false;
    for (size_t i = 0; i < all.size(); ++i) {
        Row& row = rows_[i];
        bool is_ours = note_fact_row(region, owner_, row.row, now, resident);
        // Without a scope nothing was told there yet.
        if (is_ours && (row.told.scope != all[i].scope || !(row.told.facts == all[i].facts))) {
            row.told = {};  // in case there is no memory for what comes
            is_ours = write_fact_row(region, owner_, row.row, all[i].scope, all[i].facts);
            row.told = all[i];
            changed = true;
        }
        if (!is_ours) {
            free_all();  // a broken process has written there: the next call begins anew
            return true;
        }
    }
    return changed;
}

void ProcessFacts::leave() noexcept {
    left_ = true;
    free_all();
}

void ProcessFacts::free_all() noexcept {
    for (const Row& row : rows_) {
        free_fact_row(memory_->region(), owner_, row.row);
    }
    rows_.clear();
}

}  // namespace bgworkers
