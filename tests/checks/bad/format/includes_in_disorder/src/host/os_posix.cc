#include "host/a.h"
#include "host/os.h"
