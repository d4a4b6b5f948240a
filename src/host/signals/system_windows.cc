// PHP has neither pcntl nor posix here, so nothing below is ever asked for.
#include "host/signals/system.h"

namespace bgworkers {
namespace signals {

// The numbers that they have elsewhere.
const int kTerm = 15, kInt = 2, kQuit = 3, kAlarm = 14, kKill = 9;
const int kBlock = 0, kUnblock = 1, kSetMask = 2;
const zend_long kOwnChildren = 0, kAnyChild = 0, kHasExited = 0;

DefaultAction default_action(int) noexcept { return DefaultAction::none; }
bool is_catchable(int) noexcept { return false; }
SignalSet all_blockable() noexcept { return {}; }
bool is_queued(int) noexcept { return false; }
const char* name(int) noexcept { return nullptr; }
bool is_this_process(zend_long) noexcept { return false; }
void describe(int, SignalSender, zval*) {}

}  // namespace signals
}  // namespace bgworkers
