// The header is all there is: this file lets the compiler check that it stands on its own.
#include "guoban_reporter.h"

_Static_assert(sizeof(guoban_reporter_module) == 16 + sizeof(void *), "the module structure has no holes");
