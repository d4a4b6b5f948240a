#include "host/worker_context.h"

namespace bgworkers {

namespace {
thread_local WorkerContext* current = nullptr;
}

WorkerContext* current_worker() noexcept { return current; }
void set_current_worker(WorkerContext* context) noexcept { current = context; }

}  // namespace bgworkers
