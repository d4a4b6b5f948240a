#include "core/base/spelling.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace bgworkers {

size_t letters_apart(std::string_view a, std::string_view b) {
    // Three rows of the table are enough: a swap looks back by two.
    std::vector<size_t> before, last, row(b.size() + 1);
    std::iota(row.begin(), row.end(), size_t{0});
    const auto same = [&](size_t i, size_t j) { return lower(a[i]) == lower(b[j]); };
    for (size_t i = 1; i <= a.size(); ++i) {
        before = std::move(last);
        last = row;
        row[0] = i;
        for (size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same(i - 1, j - 1) ? 0 : 1)});
            if (i > 1 && j > 1 && same(i - 1, j - 2) && same(i - 2, j - 1)) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
    }
    return row.back();
}

void NearestName::offer(std::string_view name) {
    // The difference in length is the least that two names are apart.
    const size_t longer = std::max(name.size(), wrong_.size());
    if (longer - std::min(name.size(), wrong_.size()) >= least_) {
        return;
    }
    const size_t apart = letters_apart(wrong_, name);
    if (apart < least_ && apart * 3 <= name.size()) {
        name_ = name;
        least_ = apart;
    }
}

}  // namespace bgworkers
