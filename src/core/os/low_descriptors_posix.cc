#include <fcntl.h>
#include <unistd.h>

#include "core/os/low_descriptors.h"

namespace bgworkers {

LowDescriptors::LowDescriptors() noexcept {
    for (int number = 0; number < 3; ++number) {
        if (::fcntl(number, F_GETFD) != -1) {
            continue;
        }
        const int opened = ::open("/dev/null", O_RDWR | O_CLOEXEC);
        if (opened > 2) {  // another thread was faster
            ::close(opened);
        } else if (opened >= 0) {
            taken_[opened] = opened;
        }
    }
}

LowDescriptors::~LowDescriptors() {
    for (const int descriptor : taken_) {
        if (descriptor >= 0) {
            ::close(descriptor);
        }
    }
}

}  // namespace bgworkers
