// metrics(): the workers of a scope in the OpenMetrics text format, for Prometheus and its kin. No published values.
//
// A PHP thread.
#pragma once

#include "core/workers/registry.h"
#include "host/php.h"

namespace bgworkers {

// Fills *result with the text. False: out of memory, *result is untouched.
bool metrics_to_string(Scope& scope, zval* result);
// The same of all processes.
bool all_metrics_to_string(Scope& scope, zval* result);

}  // namespace bgworkers
