#include "core/os/shared_file.h"

#include "core/os/shared_file_missing.h"
