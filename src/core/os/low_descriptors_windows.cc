#include "core/os/low_descriptors.h"

namespace bgworkers {

LowDescriptors::LowDescriptors() noexcept = default;
LowDescriptors::~LowDescriptors() = default;

}  // namespace bgworkers
