#pragma once

#define BGWORKERS_VERSION "0.1.0"
