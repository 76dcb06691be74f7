// The header is all there is: this file lets the compiler check that it stands on its own.
#include "guoban_sandbox.h"
