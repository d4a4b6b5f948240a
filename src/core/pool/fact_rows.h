// What the processes of one user tell each other of their workers: a row of the region for each process and worker.
//
//     claim_fact_row(region, self, &row);                  // a process, for each of its workers
//     note_fact_row(region, self, row, now, resident);     // whenever it has looked
//     write_fact_row(region, self, row, scope, facts);     // when they have changed
//     free_fact_row(region, self, row);                    // at its end
//     read_fact_rows(region, scope)                        // anybody, at any time
//
// A row is written by its owner's loop alone, and read by any thread of any process meanwhile: who reads finds a whole
// row or skips it. It is shown only while its owner lives. Nothing that is read leads anywhere: numbers are to be
// checked by who uses them, texts are cut to what a row can hold.
//
// Threads: read_fact_rows() any; the others one thread of a process. Blocks: no; claiming and reading cost some system
// calls a process. Fork: a child owns no rows, for it has another ProcessId. Death: layout.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/pool/region.h"

namespace bgworkers {

constexpr size_t kFactErrorBytes = kFactErrorWords * sizeof(SharedWord);  // of an error; more is cut

struct FactsOfWorker {
    std::string name;   // 255 bytes at most
    std::string error;  // "" = none
    FactNumbers numbers;
    bool operator==(const FactsOfWorker&) const = default;
};

struct ToldFacts {
    uint32_t process = 0;
    double told_at = 0;  // Unix time
    uint64_t resident = 0;  // bytes of the process; 0: not known
    FactsOfWorker facts;
};

// A key of scope_key()'s kind; `process`: an id of this process, with a row of its own. False: no row is left, or no
// page.
bool claim_fact_row(Region& region, ProcessId process, uint32_t* row) noexcept;
// False: it is not the process's row any more. name: the first 255 bytes; error: the first kFactErrorBytes.
bool note_fact_row(Region& region, ProcessId process, uint32_t row, double told_at, uint64_t resident) noexcept;
bool write_fact_row(Region& region, ProcessId process, uint32_t row, uint64_t scope,
                    const FactsOfWorker& facts) noexcept;
void free_fact_row(Region& region, ProcessId process, uint32_t row) noexcept;

// Of all that live, this process among them. Frees rows of the dead. Throws std::bad_alloc at the most.
std::vector<ToldFacts> read_fact_rows(Region& region, uint64_t scope);

}  // namespace bgworkers
