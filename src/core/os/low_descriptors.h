// Descriptors 0, 1 and 2, while they are closed. A daemon may have closed its standard streams, and what is opened next
// gets those numbers: then whatever the process prints, or reads, goes to that. So nothing of ours may have them.
//
// POSIX: low_descriptors_posix.cc; on Windows there is nothing to do: low_descriptors_windows.cc.
#pragma once

namespace bgworkers {

// In its lifetime no descriptor that is opened gets one of these numbers; what is closed is closed again afterwards.
// Any thread; meanwhile the others get higher numbers, too. Fork: a child may find /dev/null in their place.
class LowDescriptors {
public:
    LowDescriptors() noexcept;
    ~LowDescriptors();
    LowDescriptors(const LowDescriptors&) = delete;
    LowDescriptors& operator=(const LowDescriptors&) = delete;

private:
    int taken_[3] = {-1, -1, -1};
};

}  // namespace bgworkers
