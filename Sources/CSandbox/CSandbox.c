// The headers are all there is: this file lets the compiler check that they stand on their own.
#include "guoban_reporter.h"
#include "guoban_sandbox.h"

_Static_assert(sizeof(guoban_reporter_module) == 16 + sizeof(void *), "the module structure has no holes");
