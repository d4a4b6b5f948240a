// Every order of steps on two instances and two tasks, held against a model of a few plain fields. (With kTasks = 3
// there are 914,494 states, which take minutes.)
//
// The model says what each step answers and what it changes. All states that it can reach are visited; in each, every
// step is done to a real queue that was brought there, and everything that can be asked is compared.
#include <catch2/catch_test_macros.hpp>

#include <cstring>
#include <string>
#include <unordered_map>
#include <vector>

#include "tasks/task_support.h"

using namespace bgworkers;
using namespace bgworkers::test;
using namespace std::chrono_literals;

namespace {

constexpr int kTasks = 2;
constexpr int kInstances = 2;
constexpr int kRoom = 1;
constexpr int kMaxTasks = 2;

// Plain bytes, so that a state is its own key.
struct Model {
    enum : uint8_t { unsent, queued, running, settled };
    struct {
        uint8_t state, outcome, open_at, left;  // open_at: instance + 1
        uint8_t order;                          // in the queue, from 1
    } task[kTasks];
    struct {
        uint8_t waits, received;
    } instance[kInstances];
    uint8_t rejected, given_up, draining, closed;

    int open_at(int instance) const {
        for (int i = 0; i < kTasks; ++i) {
            if (task[i].open_at == instance + 1) {
                return i;
            }
        }
        return -1;
    }
    int first() const {
        int best = -1;
        for (int i = 0; i < kTasks; ++i) {
            if (task[i].state == queued && (best < 0 || task[i].order < task[best].order)) {
                best = i;
            }
        }
        return best;
    }
    int count(uint8_t state) const {
        int found = 0;
        for (const auto& each : task) {
            found += each.state == state ? 1 : 0;
        }
        return found;
    }
    void settle(int i, TaskOutcome outcome) {
        task[i].state = settled;
        task[i].outcome = static_cast<uint8_t>(outcome);
        task[i].order = 0;
    }
    void settle_queued(TaskOutcome outcome) {
        for (int i = 0; i < kTasks; ++i) {
            if (task[i].state == queued) {
                settle(i, outcome);
            }
        }
    }
    bool may_queue() const { return count(queued) < kRoom + instance[0].waits + instance[1].waits; }
};

struct Step {
    enum Kind {
        send,
        receive,
        finish,
        fail,
        cancel,
        leave_task,
        leave,
        end_run,
        time,
        give_up,
        take_back,
        drain,
        close
    };
    Kind kind;
    int which;
};

std::vector<Step> all_steps() {
    std::vector<Step> steps = {{Step::send, 0},      {Step::time, 0},  {Step::give_up, 0},
                               {Step::take_back, 0}, {Step::drain, 0}, {Step::close, 0}};
    for (int i = 0; i < kInstances; ++i) {
        for (const Step::Kind kind : {Step::receive, Step::finish, Step::fail, Step::leave, Step::end_run}) {
            steps.push_back({kind, i});
        }
    }
    for (int i = 0; i < kTasks; ++i) {
        steps.push_back({Step::cancel, i});
        steps.push_back({Step::leave_task, i});
    }
    return steps;
}

// False: this step is not for this state. *answer: what the queue has to say.
bool apply(Model& m, const Step& step, int* answer) {
    *answer = 0;
    switch (step.kind) {
        case Step::send: {
            int next = 0;
            while (next < kTasks && m.task[next].state != Model::unsent) {
                ++next;
            }
            if (next == kTasks || m.rejected > 0) {
                return false;
            }
            *answer = static_cast<int>(m.draining      ? Offered::closed
                                       : m.given_up    ? Offered::given_up
                                       : m.may_queue() ? Offered::queued
                                                       : Offered::full);
            if (*answer == static_cast<int>(Offered::queued)) {
                m.task[next].state = Model::queued;
                uint8_t last = 0;
                for (auto& each : m.task) {
                    last = std::max(last, each.order);
                }
                m.task[next].order = last + 1;
            } else {
                ++m.rejected;
            }
            return true;
        }
        case Step::receive: {
            auto& at = m.instance[step.which];
            if (const int open = m.open_at(step.which); open >= 0) {
                if (m.task[open].state == Model::running) {
                    m.settle(open, TaskOutcome::failed);
                }
                m.task[open].open_at = 0;
            }
            if (at.received >= kMaxTasks) {
                *answer = static_cast<int>(Receipt::enough);
                return true;
            }
            const int first = m.first();
            *answer = static_cast<int>(first < 0 ? Receipt::none : Receipt::task);
            at.waits = first < 0;
            if (first >= 0) {
                ++at.received;
                m.task[first].state = Model::running;
                m.task[first].order = 0;
                m.task[first].open_at = static_cast<uint8_t>(step.which + 1);
            }
            return true;
        }
        case Step::finish:
        case Step::fail: {
            const int open = m.open_at(step.which);
            if (open < 0) {
                return false;
            }
            if (m.task[open].state == Model::running) {
                m.settle(open, step.kind == Step::finish ? TaskOutcome::done : TaskOutcome::failed);
            }
            m.task[open].open_at = 0;
            *answer =
                static_cast<int>(m.instance[step.which].received >= kMaxTasks ? Closed::last_of_the_run : Closed::yes);
            return true;
        }
        case Step::cancel:
        case Step::leave_task: {
            auto& task = m.task[step.which];
            if (task.state == Model::unsent || task.left) {
                return false;
            }
            if (step.kind == Step::leave_task) {
                task.left = 1;
            } else if (task.state != Model::settled) {
                m.settle(step.which, TaskOutcome::cancelled);
            }
            return true;
        }
        case Step::leave: m.instance[step.which].waits = 0; return true;
        case Step::end_run:
            if (const int open = m.open_at(step.which); open >= 0) {
                if (m.task[open].state == Model::running) {
                    m.settle(open, TaskOutcome::aborted);
                }
                m.task[open].open_at = 0;
            }
            m.instance[step.which].waits = m.instance[step.which].received = 0;
            return true;
        case Step::time:
            for (int i = 0; i < kTasks; ++i) {
                if (m.task[i].state == Model::queued || m.task[i].state == Model::running) {
                    m.settle(i, TaskOutcome::expired);
                }
            }
            return true;
        case Step::give_up:
            m.given_up = 1;
            m.settle_queued(TaskOutcome::rejected);
            return true;
        case Step::take_back: m.given_up = 0; return true;
        case Step::drain: m.draining = 1; return true;
        case Step::close:
            *answer = m.count(Model::queued);
            m.draining = m.closed = 1;
            m.settle_queued(TaskOutcome::dropped);
            return true;
    }
    return false;
}

TaskLimits limits_of_the_model() {
    TaskLimits limits;
    limits.queue = kRoom;
    limits.max_tasks = kMaxTasks;
    return limits;
}

struct Real {
    TaskRig rig{limits_of_the_model(), kInstances};
    Task* sent[kTasks] = {};
    Task* open[kInstances] = {};
    int next = 0;

    int finish_open(int instance, bool fails) {
        Task* task = std::exchange(open[instance], nullptr);
        if (!fails) {
            return static_cast<int>(rig.finish(task));
        }
        const Closed closed = rig.queue.fail(*task, nullptr);
        task->release();
        return static_cast<int>(closed);
    }

    int apply(const Step& step) {
        TaskQueue& queue = rig.queue;
        switch (step.kind) {
            case Step::send: {
                Task* task = rig.make(1, Clock::now() + 1000h);
                const Offered offered = queue.offer(*task, kAtOnce);
                if (offered == Offered::queued) {
                    sent[next++] = task;
                } else {
                    task->release();
                    queue.reject();
                }
                return static_cast<int>(offered);
            }
            case Step::receive: {
                Task* task = nullptr;
                const Receipt receipt = queue.receive(step.which, kAtOnce, &task);
                if (open[step.which] != nullptr) {
                    open[step.which]->release();
                }
                open[step.which] = task;
                return static_cast<int>(receipt);
            }
            case Step::finish: return finish_open(step.which, false);
            case Step::fail: return finish_open(step.which, true);
            case Step::cancel: queue.cancel(*sent[step.which]); return 0;
            case Step::leave_task: queue.sender_left(std::exchange(sent[step.which], nullptr)); return 0;
            case Step::leave: queue.leave(step.which); return 0;
            case Step::end_run:
                queue.end_run(step.which, TaskOutcome::aborted, nullptr);
                if (open[step.which] != nullptr) {
                    std::exchange(open[step.which], nullptr)->release();
                }
                return 0;
            case Step::time: queue.look(Clock::now() + 2000h); return 0;
            case Step::give_up: queue.set_given_up(true); return 0;
            case Step::take_back: queue.set_given_up(false); return 0;
            case Step::drain: queue.drain(); return 0;
            case Step::close: return static_cast<int>(queue.close());
        }
        return -1;
    }

    // "" if the queue says what the model says.
    std::string compare(const Model& m) {
        const TaskQueue::Facts facts = rig.queue.facts();
        const bool same_counts = facts.queued == static_cast<uint64_t>(m.count(Model::queued)) &&
                                 facts.running == static_cast<uint64_t>(m.count(Model::running)) &&
                                 facts.busy == (m.open_at(0) >= 0) + (m.open_at(1) >= 0) &&
                                 facts.sent == static_cast<uint64_t>(next + m.rejected) && TaskRig::adds_up(facts) &&
                                 rig.queue.has_room() == m.may_queue() &&
                                 facts.oldest.has_value() == (facts.queued > 0);
        if (!same_counts) {
            return "counts";
        }
        for (int i = 0; i < kTasks; ++i) {
            if (sent[i] != nullptr && static_cast<uint8_t>(sent[i]->outcome()) != m.task[i].outcome) {
                return "outcome of " + std::to_string(i);
            }
        }
        for (int i = 0; i < kInstances; ++i) {
            const int expected = m.open_at(i);
            if (open[i] != nullptr && rig.queue.is_closed(*open[i]) != (expected < 0)) {
                return "open at " + std::to_string(i);
            }
            if (expected >= 0 && m.task[expected].left == 0 && open[i] != sent[expected]) {
                return "another task at " + std::to_string(i);
            }
        }
        return "";
    }

    ~Real() {
        for (int i = 0; i < kInstances; ++i) {
            rig.queue.end_run(i, TaskOutcome::aborted, nullptr);
            if (open[i] != nullptr) {
                open[i]->release();
            }
        }
        for (Task* task : sent) {
            if (task != nullptr) {
                rig.queue.sender_left(task);
            }
        }
    }
};

std::string key_of(const Model& model) {
    static_assert(std::is_trivially_copyable_v<Model> && alignof(Model) == 1);
    return std::string(reinterpret_cast<const char*>(&model), sizeof(model));
}

}  // namespace

TEST_CASE("every order of steps does what the model says", "[tasks][model]") {
    const uint64_t blocks = Snapshot::live_count();
    const std::vector<Step> steps = all_steps();
    struct Reached {
        Model model;
        std::vector<Step> way;
    };
    std::unordered_map<std::string, bool> seen;
    std::vector<Reached> open;
    Model initial;
    std::memset(&initial, 0, sizeof(initial));
    open.push_back({initial, {}});
    seen.emplace(key_of(initial), true);
    size_t compared = 0;
    for (size_t at = 0; at < open.size(); ++at) {
        for (const Step& step : steps) {
            Model after = open[at].model;
            int expected = 0;
            if (!apply(after, step, &expected)) {
                continue;
            }
            if (kUnderSanitizer && at % 16 != 0) {  // a part of them, where each step is slow
                if (seen.emplace(key_of(after), true).second) {
                    std::vector<Step> way = open[at].way;
                    way.push_back(step);
                    open.push_back({after, std::move(way)});
                }
                continue;
            }
            std::string wrong;
            {
                Real real;
                for (const Step& earlier : open[at].way) {
                    real.apply(earlier);
                }
                const int answer = real.apply(step);
                wrong = answer == expected ? real.compare(after)
                                           : "answer " + std::to_string(answer) + ", not " + std::to_string(expected);
            }
            ++compared;
            if (!wrong.empty() || Task::live_count() != 0 || Snapshot::live_count() != blocks) {
                std::string way;
                for (const Step& earlier : open[at].way) {
                    way += std::to_string(earlier.kind) + "/" + std::to_string(earlier.which) + " ";
                }
                FAIL(wrong << " after " << way << "and " << step.kind << "/" << step.which);
            }
            if (seen.emplace(key_of(after), true).second) {
                std::vector<Step> way = open[at].way;
                way.push_back(step);
                open.push_back({after, std::move(way)});
            }
        }
    }
    INFO(open.size() << " states, " << compared << " steps compared");
    CHECK(open.size() > 1000);
}
