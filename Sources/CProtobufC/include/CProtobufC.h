/* protobuf-c, and what it lacks for bytes from strangers: an arena with a budget, and a guard. */
#ifndef C_PROTOBUF_C_H
#define C_PROTOBUF_C_H

#include <protobuf-c/protobuf-c.h>

#include "guoban_arena.h"
#include "guoban_guard.h"
#include "guoban_utf8.h"

#endif
