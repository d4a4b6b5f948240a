#include "core/publish/wait_graph.h"

#include <algorithm>
#include <cassert>
#include <new>

namespace bgworkers {

bool WaitGraph::enter(Waiter& waiter, std::vector<WaitNode>* circle) noexcept {
    assert(!waiter.linked);
    circle->clear();
    MutexLock lock(mutex_);
    if (Waiter* last = find_circle(waiter)) {
        try {
            circle->push_back(waiter.self);
            for (Waiter* step = last; step != nullptr; step = step->found_from) {
                circle->push_back(step->self);
            }
            std::reverse(circle->begin(), circle->end());
        } catch (const std::bad_alloc&) {
            circle->clear();
        }
        return false;
    }
    waiter.next = waiters_;
    waiters_ = &waiter;
    waiter.linked = true;
    return true;
}

// How many instances of the target are stuck, by what is known so far?
bool WaitGraph::waits_in_vain(const Waiter& each, WaitNode target, const Waiter& entering) const {
    if (each.rescuers == 0 ? is_ready_(target) : each.is_over(each.what)) {
        return false;
    }
    // The one that enters is not in the list yet.
    int stuck = entering.stuck && entering.self == target ? 1 : 0;
    for (const Waiter* other = waiters_; other != nullptr; other = other->next) {
        stuck += other->stuck && other->self == target ? 1 : 0;
    }
    return stuck >= std::max(each.rescuers, 1);
}

bool WaitGraph::has_vain_target(const Waiter& each, const Waiter& entering) const {
    for (size_t i = 0; i < each.target_count; ++i) {
        if (waits_in_vain(each, each.targets[i], entering)) {
            return true;
        }
    }
    return false;
}

// All are taken for stuck until somebody is found who can help them.
void WaitGraph::find_stuck(Waiter& waiter) {
    waiter.stuck = true;
    for (Waiter* each = waiters_; each != nullptr; each = each->next) {
        each->stuck = true;
    }
    // Each round but the last frees somebody, so there are no more rounds than waiters.
    for (bool changed = true; changed;) {
        changed = false;
        for (Waiter* each = &waiter; each != nullptr; each = each == &waiter ? waiters_ : each->next) {
            if (each->stuck && !has_vain_target(*each, waiter)) {
                each->stuck = false;
                changed = true;
            }
        }
    }
}

WaitGraph::Waiter* WaitGraph::find_circle(Waiter& waiter) {
    find_stuck(waiter);
    if (!waiter.stuck) {
        return nullptr;
    }
    for (Waiter* each = waiters_; each != nullptr; each = each->next) {
        each->found = false;  // by an earlier search: marks lie in the waiters, so none needs memory
    }
    // Breadth first; the queue and the way back run through the waiters themselves.
    waiter.found_from = waiter.search_next = nullptr;
    Waiter* tail = &waiter;
    for (Waiter* head = &waiter; head != nullptr; head = head->search_next) {
        for (size_t i = 0; i < head->target_count; ++i) {
            const WaitNode target = head->targets[i];
            if (!waits_in_vain(*head, target, waiter)) {
                continue;
            }
            if (target == waiter.self) {
                return head;
            }
            // Several instances of one worker may wait, so one target can lead to several waiters.
            for (Waiter* each = waiters_; each != nullptr; each = each->next) {
                if (each->found || !each->stuck || each->self != target) {
                    continue;
                }
                each->found = true;
                each->found_from = head;
                each->search_next = nullptr;
                tail = tail->search_next = each;
            }
        }
    }
    return nullptr;
}

void WaitGraph::leave(Waiter& waiter) noexcept {
    if (!waiter.linked) {
        return;
    }
    MutexLock lock(mutex_);
    for (Waiter** link = &waiters_; *link != nullptr; link = &(*link)->next) {
        if (*link != &waiter) {
            continue;
        }
        *link = waiter.next;
        break;
    }
    waiter.linked = false;
}

bool WaitGraph::empty() const noexcept {
    MutexLock lock(mutex_);
    return waiters_ == nullptr;
}

void WaitGraph::reinitialise() {
    mutex_.reinitialise();
    waiters_ = nullptr;
}

}  // namespace bgworkers
