#pragma once
#include "host/process.h"
