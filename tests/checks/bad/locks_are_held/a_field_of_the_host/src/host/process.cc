#include "php.h"

class __attribute__((capability("mutex"))) Mutex {};
class Process {
public:
    zval* value() { return value_; }

private:
    Mutex mutex_;
    zval* value_ __attribute__((guarded_by(mutex_))) = nullptr;
};
zval* value_of(Process& process) { return process.value(); }
