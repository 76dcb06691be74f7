/* Strict UTF-8: no overlong form, no surrogate, nothing above U+10FFFF; and no NUL. */
#ifndef GUOBAN_UTF8_H
#define GUOBAN_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Returns `size` when all is well, else the offset of the first bad sequence or NUL. */
size_t guoban_utf8_valid_prefix(const uint8_t *bytes, size_t size);

#endif
