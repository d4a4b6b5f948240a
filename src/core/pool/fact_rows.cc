#include "core/pool/fact_rows.h"

#include <algorithm>
#include <cstring>

#include "core/base/sync_point.h"
#include "core/os/shared_file.h"

namespace bgworkers {

namespace {

constexpr size_t kNameBytes = kFactNameWords * sizeof(SharedWord) - 1;
constexpr int kLooks = 100;  // at a row that changes

void write_text(SharedWord& bytes, SharedWord* words, size_t room, std::string_view text) noexcept {
    text = text.substr(0, room);
    for (size_t at = 0; at < text.size(); at += 8) {
        uint64_t word = 0;
        std::memcpy(&word, text.data() + at, std::min<size_t>(8, text.size() - at));
        words[at / 8].store(word);
    }
    bytes.store(text.size());
}

void read_text(const SharedWord& bytes, const SharedWord* words, size_t room, std::string* text) {
    text->assign(std::min<uint64_t>(bytes.load(), room), '\0');
    for (size_t at = 0; at < text->size(); at += 8) {
        const uint64_t word = words[at / 8].load();
        std::memcpy(text->data() + at, &word, std::min<size_t>(8, text->size() - at));
    }
}

// A character of UTF-8 is not cut in two.
std::string_view cut(std::string_view text, size_t room) noexcept {
    if (text.size() > room) {
        while (room > 0 && (static_cast<unsigned char>(text[room]) & 0xC0) == 0x80) {
            --room;
        }
    }
    return text.substr(0, room);
}

// A page of a row has to be there before the row has an owner.
bool take(Region& region, ProcessId process, uint32_t row, uint64_t owner) noexcept {
    const size_t at = kFactRowsAt + row * sizeof(FactRow);
    // In a hole a write could be SIGBUS. Whoever loses the CAS has given a page that the winner needs anyway.
    if (give_pages(region.file(), at / kSharedPage * kSharedPage, kSharedPage) != 0) {
        return false;
    }
    BGW_SYNC_POINT("pool.facts.given");
    if (!region.fact_owner(row).compare_exchange_strong(owner, process.word)) {
        return false;
    }
    BGW_SYNC_POINT("pool.facts.owned");
    return true;
}

// What its owner has told, whole. False: it has told nothing yet, tells just now, or died on the way.
bool read_row(const Region& region, uint32_t row, uint64_t owner, uint64_t scope, ToldFacts* told) {
    const FactRow& from = region.fact_row(row);
    for (int look = 0; look < kLooks; ++look) {
        const uint64_t turn = from.turn.load();
        if (from.writer.load() != owner || from.scope.load() != scope) {
            return false;
        }
        // By words, each read whole: others may write them now, which of plain numbers would be a data race.
        uint64_t numbers[kFactNumbers];
        for (size_t i = 0; i < kFactNumbers; ++i) {
            numbers[i] = from.numbers[i].load();
        }
        std::memcpy(&told->facts.numbers, numbers, sizeof(numbers));
        read_text(from.name_bytes, from.name, kNameBytes, &told->facts.name);
        read_text(from.error_bytes, from.error, kFactErrorBytes, &told->facts.error);
        told->told_at = static_cast<double>(from.told_at.load()) / 1e6;
        told->resident = from.resident.load();
        // And the owner once more: a row that was let go of, with nothing written since, has the same turn.
        if ((turn & 1) == 0 && from.turn.load() == turn && region.fact_owner(row).load() == owner) {
            return true;
        }
    }
    return false;
}

}  // namespace

bool claim_fact_row(Region& region, ProcessId process, uint32_t* row) noexcept {
    // Asking who lives costs a system call, so free rows come first.
    ProcessId living;
    for (const bool among_dead : {false, true}) {
        for (uint32_t i = 0; i < kFactRows; ++i) {
            const ProcessId owner{region.fact_owner(i).load()};
            // The one that was asked for last is not asked for again: rows of a process mostly lie side by side.
            if (owner.nobody() == among_dead || owner == process || (among_dead && owner == living)) {
                continue;
            }
            if (among_dead && region.is_alive(owner)) {
                living = owner;
                continue;
            }
            if (take(region, process, i, owner.word)) {
                *row = i;
                return true;
            }
        }
    }
    return false;
}

bool note_fact_row(Region& region, ProcessId process, uint32_t row, double told_at, uint64_t resident) noexcept {
    if (region.fact_owner(row).load() != process.word) {
        return false;
    }
    region.fact_row(row).told_at.store(static_cast<uint64_t>(told_at * 1e6));
    region.fact_row(row).resident.store(resident);
    return true;
}

bool write_fact_row(Region& region, ProcessId process, uint32_t row, uint64_t scope,
                    const FactsOfWorker& facts) noexcept {
    if (region.fact_owner(row).load() != process.word) {
        return false;
    }
    FactRow& to = region.fact_row(row);
    // Not + 1: who had the row before may have died with it odd, and even would mean whole.
    const uint64_t turn = to.turn.load() | 1;
    to.turn.store(turn);
    BGW_SYNC_POINT("pool.facts.odd");
    // Under the odd turn, so that the name never stands over what the last owner has told.
    to.writer.store(process.word);
    to.scope.store(scope);
    BGW_SYNC_POINT("pool.facts.named");
    uint64_t numbers[kFactNumbers];
    std::memcpy(numbers, &facts.numbers, sizeof(numbers));
    for (size_t i = 0; i < kFactNumbers; ++i) {
        to.numbers[i].store(numbers[i]);
    }
    write_text(to.name_bytes, to.name, kNameBytes, facts.name);
    BGW_SYNC_POINT("pool.facts.half");
    write_text(to.error_bytes, to.error, kFactErrorBytes, cut(facts.error, kFactErrorBytes));
    to.turn.store(turn + 1);
    BGW_SYNC_POINT("pool.facts.told");
    return true;
}

void free_fact_row(Region& region, ProcessId process, uint32_t row) noexcept {
    uint64_t owner = process.word;
    BGW_SYNC_POINT("pool.facts.free");
    region.fact_owner(row).compare_exchange_strong(owner, 0);
}

std::vector<ToldFacts> read_fact_rows(Region& region, uint64_t scope) {
    std::vector<ToldFacts> all;
    uint64_t living = 0, dead = 0;  // who was asked for last: rows of a process mostly lie side by side
    for (uint32_t i = 0; i < kFactRows; ++i) {
        uint64_t owner = region.fact_owner(i).load();
        if (owner == 0) {
            continue;
        }
        if (owner != living && owner != dead) {
            (region.is_alive({owner}) ? living : dead) = owner;
        }
        if (owner == dead) {
            region.fact_owner(i).compare_exchange_strong(owner, 0);
            continue;
        }
        ToldFacts told;
        if (read_row(region, i, owner, scope, &told)) {
            told.process = ProcessId{owner}.process();
            all.push_back(std::move(told));
        }
    }
    return all;
}

}  // namespace bgworkers
