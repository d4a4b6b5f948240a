class __attribute__((capability("mutex"))) Mutex {};
class Registry {
public:
    int count() { return count_; }

private:
    Mutex mutex_;
    int count_ __attribute__((guarded_by(mutex_))) = 0;
};
int count_of(Registry& registry) { return registry.count(); }
