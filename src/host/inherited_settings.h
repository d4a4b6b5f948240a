// The settings that a worker's thread takes over from the requests of its scope.
//
// A new PHP thread starts with the values of php.ini. What an FPM pool or a virtual host sets reaches only the
// threads that serve it: a worker would run with other limits. So the first request of a scope captures the settings as
// plain data, and every worker thread of the scope applies them. What the host sets in later requests reaches no
// worker.
//
// A handler of a setting may complain, of one that is deprecated for example. What the host's settings make it say was
// said when the host set them, and a thread that has no request would say it on the process's stdout. So a worker's
// thread is quiet from its start (quiet_errors(), in GINIT, before the engine applies php.ini) until its own ini[...]
// are due.
//
// capture(): the requesting thread, in request start-up. Immutable afterwards.
// apply(): the worker's thread, after ts_resource() and before its first request. Neither bails out.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/workers/registry.h"

namespace bgworkers {

class InheritedSettings final : public ScopeSettings {
public:
    static std::unique_ptr<InheritedSettings> capture();

    // own_ini: the worker's ini[...]; what is wrong with them goes to the worker's log if `tell`. use_opcache: opcache
    // = 1.
    void apply(const std::vector<std::pair<std::string, std::string>>& own_ini, bool use_opcache,
               bool tell) const noexcept;

private:
    std::vector<std::pair<std::string, std::string>> ini_;
};

// Until apply() has come to the worker's own settings, errors of this thread go nowhere.
void quiet_errors() noexcept;

// Settings that bgworkers forces in every worker; a worker's ini[...] must not name them.
bool is_forced_setting(std::string_view name);

}  // namespace bgworkers
