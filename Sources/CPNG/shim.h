// libpng, Debian: libpng-dev. Only its simplified writer is used, which needs no setjmp.
#ifndef GUOBAN_CPNG_H
#define GUOBAN_CPNG_H
#include <png.h>
#endif
