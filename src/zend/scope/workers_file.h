// Reads a workers file, or those of a directory, with PHP's own INI parser, in raw mode: no constants, no ${}.
//
// A PHP thread, during a request; neither user code nor error handlers run, and a parser's complaint becomes
// the Status. Slow (reads files): called once a scope, with no lock held.
#pragma once

#include <string>

#include "core/workers/worker_spec.h"

namespace bgworkers {

Result<ScopeSpec> read_workers_file(const std::string& path);

}  // namespace bgworkers
