#include "host/worker_context.h"

#include <uv.h>

namespace bgworkers {

constinit thread_local WorkerContext* this_worker = nullptr;

namespace {

std::string filled_in(const std::string& text, const Instance& instance) {
    return fill_in_placeholders(text, instance.index(), uv_os_getpid());
}

std::vector<std::string> arguments_of(Instance& instance) {
    std::vector<std::string> arguments;
    for (const std::string& argument : instance.worker().spec().args) {
        arguments.push_back(filled_in(argument, instance));
    }
    return arguments;
}

OwnEnvironment::Declared variables_of(Instance& instance) {
    OwnEnvironment::Declared variables;
    for (const auto& [name, value] : instance.worker().spec().env) {
        variables.emplace_back(name, filled_in(value, instance));
    }
    return variables;
}

}  // namespace

WorkerContext::WorkerContext(Instance& its)
    : instance(&its),
      arguments(arguments_of(its)),
      variables(variables_of(its)),
      output(its.worker().name()),
      signals(its),
      alarm(signals) {}

void set_current_worker(WorkerContext* context) noexcept { this_worker = context; }

}  // namespace bgworkers
