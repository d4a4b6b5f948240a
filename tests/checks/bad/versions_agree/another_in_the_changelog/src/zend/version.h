#pragma once

#define BGWORKERS_VERSION "0.2.0"
