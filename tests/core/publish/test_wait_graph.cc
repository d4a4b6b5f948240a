#include "core/publish/wait_graph.h"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <random>
#include <thread>
#include <type_traits>
#include <vector>

using namespace bgworkers;

namespace {

struct Node {
    std::atomic<bool> ready{false};
};

bool is_ready(WaitNode node) noexcept { return static_cast<const Node*>(node)->ready.load(std::memory_order_acquire); }

using Path = std::vector<WaitNode>;

// One get_vars() call of `self` for `targets`.
struct Call {
    Call(const Node& self, std::vector<const Node*> targets) : targets_(targets.begin(), targets.end()) {
        waiter.self = &self;
        waiter.targets = targets_.data();
        waiter.target_count = targets_.size();
    }
    WaitGraph::Waiter waiter;

private:
    std::vector<WaitNode> targets_;
};

struct Graph {
    WaitGraph graph{is_ready};
    Path path;
    bool enter(Call& call) { return graph.enter(call.waiter, &path); }
};

}  // namespace

static_assert(std::is_trivially_destructible_v<WaitGraph::Waiter>, "a bailout may jump over a waiter");

TEST_CASE("a worker that waits for itself is refused", "[wait_graph]") {
    Graph g;
    Node a;
    Call call(a, {&a});
    CHECK_FALSE(g.enter(call));
    CHECK(g.path == Path{&a, &a});
    CHECK_FALSE(call.waiter.linked);
    CHECK(g.graph.empty());
}

TEST_CASE("two workers that wait for each other: the second is refused", "[wait_graph]") {
    Graph g;
    Node a, b;
    Call first(a, {&b}), second(b, {&a});
    CHECK(g.enter(first));
    CHECK(g.path.empty());
    CHECK_FALSE(g.enter(second));
    CHECK(g.path == Path{&b, &a, &b});
    g.graph.leave(first.waiter);
    CHECK(g.graph.empty());
}

TEST_CASE("a circle of three is told in the order of waiting", "[wait_graph]") {
    Graph g;
    Node a, b, c;
    Call ab(a, {&b}), bc(b, {&c}), ca(c, {&a});
    CHECK(g.enter(ab));
    CHECK(g.enter(bc));
    CHECK_FALSE(g.enter(ca));
    CHECK(g.path == Path{&c, &a, &b, &c});
    // The refused one left no trace: c may wait for another.
    Node d;
    Call cd(c, {&d});
    CHECK(g.enter(cd));
    CHECK(g.path.empty());
    for (Call* call : {&ab, &bc, &cd}) {
        g.graph.leave(call->waiter);
    }
    CHECK(g.graph.empty());
}

TEST_CASE("one bad name in a list refuses the whole call", "[wait_graph]") {
    Graph g;
    Node a, b, c, d;
    Call da(d, {&a}), call(a, {&b, &c, &d});
    CHECK(g.enter(da));
    CHECK_FALSE(g.enter(call));
    CHECK(g.path == Path{&a, &d, &a});
    Call self_in_list(b, {&c, &b});
    CHECK_FALSE(g.enter(self_in_list));
    CHECK(g.path == Path{&b, &b});
}

TEST_CASE("a circle through the second name of somebody else's list is found", "[wait_graph]") {
    Graph g;
    Node a, b, c, d;
    Call list(a, {&b, &c}), cd(c, {&d}), da(d, {&a});
    CHECK(g.enter(list));
    CHECK(g.enter(cd));
    CHECK_FALSE(g.enter(da));
    CHECK(g.path == Path{&d, &a, &c, &d});
}

TEST_CASE("the shortest circle is told", "[wait_graph]") {
    Graph g;
    Node a, b, c, d;
    Call ab(a, {&b}), bc(b, {&c}), cd(c, {&d}), bd(b, {&d});
    CHECK(g.enter(ab));
    CHECK(g.enter(bc));
    CHECK(g.enter(cd));
    CHECK(g.enter(bd));  // another instance of b
    Call da(d, {&c, &a});
    CHECK_FALSE(g.enter(da));
    CHECK(g.path == Path{&d, &c, &d});
    Call only_a(d, {&a});
    CHECK_FALSE(g.enter(only_a));
    CHECK(g.path == Path{&d, &a, &b, &d});
}

TEST_CASE("many may wait for one, and one for many, without a circle", "[wait_graph]") {
    Graph g;
    Node top, bottom;
    std::array<Node, 20> middle;
    std::vector<Call> calls;
    std::vector<const Node*> all;
    for (Node& node : middle) {
        all.push_back(&node);
    }
    calls.emplace_back(top, all);
    for (Node& node : middle) {
        calls.emplace_back(node, std::vector<const Node*>{&bottom});
    }
    for (Call& call : calls) {
        CHECK(g.enter(call));
    }
    Call back(bottom, {&top});
    CHECK_FALSE(g.enter(back));
    CHECK(g.path.size() == 4);
    for (Call& call : calls) {
        g.graph.leave(call.waiter);
    }
    CHECK(g.enter(back));
}

TEST_CASE("who has left no longer stands in the way, and may come again", "[wait_graph]") {
    Graph g;
    Node a, b;
    Call ab(a, {&b}), ba(b, {&a});
    CHECK(g.enter(ab));
    g.graph.leave(ab.waiter);
    CHECK(g.enter(ba));
    CHECK_FALSE(g.enter(ab));
    g.graph.leave(ba.waiter);
    CHECK(g.enter(ab));
    g.graph.leave(ab.waiter);
    CHECK(g.graph.empty());
}

TEST_CASE("leaving twice, or without having entered, does nothing", "[wait_graph]") {
    Graph g;
    Node a, b, c;
    Call ab(a, {&b}), bc(b, {&c});
    g.graph.leave(ab.waiter);
    CHECK(g.enter(ab));
    CHECK(g.enter(bc));
    g.graph.leave(ab.waiter);
    g.graph.leave(ab.waiter);
    CHECK_FALSE(ab.waiter.linked);
    CHECK(bc.waiter.linked);
    CHECK_FALSE(g.graph.empty());
}

TEST_CASE("one instance leaving keeps the edge of another instance of its worker", "[wait_graph]") {
    Graph g;
    Node a, b;
    Call first(a, {&b}), second(a, {&b}), back(b, {&a});
    CHECK(g.enter(first));
    CHECK(g.enter(second));
    g.graph.leave(first.waiter);
    CHECK_FALSE(g.enter(back));
    g.graph.leave(second.waiter);
    CHECK(g.enter(back));
}

TEST_CASE("a worker that published may read its reader before that one has woken up", "[wait_graph]") {
    Graph g;
    Node a, b, c;
    Call ab(a, {&b, &c}), ba(b, {&a}), ca(c, {&a});
    CHECK(g.enter(ab));
    CHECK_FALSE(g.enter(ba));
    b.ready = true;  // a still sleeps: its edges are in the graph
    CHECK(g.enter(ba));
    // Its other edges hold.
    CHECK_FALSE(g.enter(ca));
    CHECK(g.path == Path{&c, &a, &c});
}

TEST_CASE("a call that names nothing waits for nobody", "[wait_graph]") {
    Graph g;
    Node a, b;
    Call none(a, {}), ba(b, {&a});
    CHECK(g.enter(none));
    CHECK(g.enter(ba));
}

TEST_CASE("the child of a fork starts with an empty graph", "[wait_graph]") {
    Graph g;
    Node a, b;
    Call ab(a, {&b}), ba(b, {&a});
    CHECK(g.enter(ab));
    g.graph.lock_for_fork();
    g.graph.reinitialise();  // as the child does: the mutex is free again
    CHECK(g.graph.empty());
    CHECK(g.enter(ba));
    g.graph.leave(ab.waiter);  // a waiter of before the fork harms nothing
    CHECK_FALSE(g.graph.empty());
}

TEST_CASE("random graphs: entered exactly when no way leads back", "[wait_graph]") {
    constexpr size_t kNodes = 12;
    for (uint32_t seed = 1; seed <= 300; ++seed) {
        INFO("seed " << seed);
        std::mt19937 engine(seed);
        Graph g;
        std::array<Node, kNodes> nodes;
        std::vector<Call> linked;
        linked.reserve(64);
        std::array<std::array<bool, kNodes>, kNodes> reaches{};  // transitive
        for (int step = 0; step < 30; ++step) {
            const size_t self = engine() % kNodes;
            std::vector<size_t> targets(1 + engine() % 3);
            for (size_t& target : targets) {
                target = engine() % kNodes;
            }
            bool circle = false;
            std::vector<const Node*> target_nodes;
            for (size_t target : targets) {
                circle = circle || target == self || reaches[target][self];
                target_nodes.push_back(&nodes[target]);
            }
            linked.emplace_back(nodes[self], target_nodes);
            REQUIRE(g.enter(linked.back()) == !circle);
            REQUIRE(g.path.empty() == !circle);
            if (circle) {
                REQUIRE(g.path.front() == &nodes[self]);
                REQUIRE(g.path.back() == &nodes[self]);
                linked.pop_back();
                continue;
            }
            for (size_t target : targets) {
                for (size_t from = 0; from < kNodes; ++from) {
                    if (from != self && !reaches[from][self]) {
                        continue;
                    }
                    reaches[from][target] = true;
                    for (size_t to = 0; to < kNodes; ++to) {
                        reaches[from][to] |= reaches[target][to];
                    }
                }
            }
        }
        for (Call& call : linked) {
            g.graph.leave(call.waiter);
        }
        REQUIRE(g.graph.empty());
    }
}

TEST_CASE("many threads enter and leave at once and never all wait in a ring", "[wait_graph]") {
    constexpr size_t kThreads = 8;
    Graph g;
    std::array<Node, kThreads> nodes;
    // Each waits for its neighbour, so that all of them inside at once would be the ring. More than kThreads - 1
    // inside would show that the search and the link are not one step.
    std::atomic<size_t> inside{0}, most{0}, refused{0};
    std::vector<std::thread> threads;
    for (size_t i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, i] {
            std::vector<WaitNode> path;
            for (int round = 0; round < 2000; ++round) {
                Call call(nodes[i], {&nodes[(i + 1) % kThreads]});
                if (!g.graph.enter(call.waiter, &path)) {
                    ++refused;
                    if (path.size() != kThreads + 1) {
                        std::abort();
                    }
                    continue;
                }
                const size_t now = ++inside;
                for (size_t seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
                }
                std::this_thread::yield();
                --inside;
                g.graph.leave(call.waiter);
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(most < kThreads);
    CHECK(g.graph.empty());
}

// --- Waits that any instance of the target can end ---------------------------------------------------------------

namespace {

bool is_over(const void* task) noexcept {
    return static_cast<const std::atomic<bool>*>(task)->load(std::memory_order_acquire);
}

// One instance of `self` waits for a task of `target`, which has so many instances.
struct TaskCall : Call {
    TaskCall(const Node& self, const Node& target, int instances) : Call(self, {&target}) {
        waiter.rescuers = instances;
        waiter.is_over = is_over;
        waiter.what = &over;
    }
    std::atomic<bool> over{false};
};

}  // namespace

TEST_CASE("a worker with one instance may not wait for its own task, one with two may", "[wait_graph]") {
    Graph g;
    Node a;
    TaskCall alone(a, a, 1);
    CHECK_FALSE(g.enter(alone));
    CHECK(g.path == Path{&a, &a});
    TaskCall first(a, a, 2), second(a, a, 2);
    CHECK(g.enter(first));
    CHECK_FALSE(g.enter(second));  // now nobody is left
    CHECK(g.path == Path{&a, &a});
    g.graph.leave(first.waiter);
}

TEST_CASE("a wait for a task counts only while every instance of its worker waits", "[wait_graph]") {
    Graph g;
    Node a, pool, other;
    TaskCall first(pool, a, 1), second(pool, a, 1), waits(a, pool, 2);
    CHECK(g.enter(first));
    CHECK(g.enter(waits));
    CHECK_FALSE(g.enter(second));
    CHECK(g.path == Path{&pool, &a, &pool});
    TaskCall elsewhere(pool, other, 1);  // it will come back
    CHECK(g.enter(elsewhere));
    for (Call* call : {static_cast<Call*>(&first), static_cast<Call*>(&waits), static_cast<Call*>(&elsewhere)}) {
        g.graph.leave(call->waiter);
    }
}

TEST_CASE("an instance that waits for somebody who is free is no part of a circle", "[wait_graph]") {
    Graph g;
    Node a, pool, free;
    TaskCall stuck(pool, a, 1), helped(pool, free, 1), waits(a, pool, 2);
    CHECK(g.enter(stuck));
    CHECK(g.enter(helped));
    CHECK(g.enter(waits));  // all of the pool wait, but one of them comes back
    for (Call* call : {static_cast<Call*>(&stuck), static_cast<Call*>(&helped), static_cast<Call*>(&waits)}) {
        g.graph.leave(call->waiter);
    }
}

TEST_CASE("a wait for a task that has ended closes no circle", "[wait_graph]") {
    Graph g;
    Node a, b;
    TaskCall first(a, b, 1), second(b, a, 1);
    CHECK(g.enter(first));
    first.over = true;  // its waiter has not woken up yet
    CHECK(g.enter(second));
    g.graph.leave(first.waiter);
    g.graph.leave(second.waiter);
}

TEST_CASE("waits for tasks and for publications close circles together", "[wait_graph]") {
    Graph g;
    Node a, b;
    Call reads(a, {&b});
    TaskCall asks(b, a, 1);
    CHECK(g.enter(reads));
    CHECK_FALSE(g.enter(asks));
    CHECK(g.path == Path{&b, &a, &b});
    b.ready = true;
    CHECK(g.enter(asks));
    g.graph.leave(reads.waiter);
    g.graph.leave(asks.waiter);
}
