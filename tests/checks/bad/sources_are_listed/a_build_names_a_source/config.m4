src/sources.list src/core/slot.cc
