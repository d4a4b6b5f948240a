// A block that was copied away from the address for which it was written.
//
// All that leads into the old place leads into the copy afterwards; a block leads nowhere else (array_layout.h). The
// copy may come from memory to which others write, so each address is checked before it is followed. Runs no PHP and
// allocates nothing. Any thread.
#pragma once

#include <cstddef>

namespace bgworkers {

// data: the copy, of so many bytes; from: where it came from, which does not overlap it. False: an address leads out of
// the block, which is worth nothing then.
bool relocate_block(void* data, size_t bytes, const void* from);

// May a snapshot's block lie there? A look at its head and its outermost array alone: where memory that processes share
// was written over, the way to a block may lead to anything in that memory.
bool has_sound_head(const void* data, size_t bytes);

}  // namespace bgworkers
