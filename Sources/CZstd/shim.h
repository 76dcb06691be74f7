#ifndef GUOBAN_CZSTD_SHIM_H
#define GUOBAN_CZSTD_SHIM_H

#include <zstd.h>

// Swift does not import macros that cast; these give their values.
static inline unsigned long long guoban_zstd_content_size_unknown(void) { return ZSTD_CONTENTSIZE_UNKNOWN; }
static inline unsigned long long guoban_zstd_content_size_error(void) { return ZSTD_CONTENTSIZE_ERROR; }

#endif
