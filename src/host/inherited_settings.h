// The settings that a worker's thread takes over from the requests of its scope.
//
// A new PHP thread starts with the values of php.ini. What an FPM pool or a virtual host sets reaches only the
// threads that serve it, and so do the functions disabled there: a worker would run with other limits, and
// on 8.3+ its table of functions holds pointers that a pool's disable_functions has freed. So the first
// request of a scope captures both as plain data, and every worker thread of the scope applies them.
//
// capture(): the requesting thread, in request start-up. Immutable afterwards.
// apply(): the worker's thread, after ts_resource() and before its first request. Neither bails out.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/registry.h"

namespace bgworkers {

class InheritedSettings final : public ScopeSettings {
public:
    static std::unique_ptr<InheritedSettings> capture();

    // own_ini: the worker's ini[...]. use_opcache: opcache = 1.
    void apply(const std::vector<std::pair<std::string, std::string>>& own_ini, bool use_opcache) const noexcept;

private:
    void prune_functions() const noexcept;

    std::vector<std::pair<std::string, std::string>> ini_;
    std::unordered_set<std::string> functions_;  // all that the scope's requests can call
};

// Settings that bgworkers forces in every worker; a worker's ini[...] must not name them.
bool is_forced_setting(std::string_view name);

}  // namespace bgworkers
