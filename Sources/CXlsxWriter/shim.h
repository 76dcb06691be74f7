#ifndef GUOBAN_CXLSXWRITER_SHIM_H
#define GUOBAN_CXLSXWRITER_SHIM_H

#include <xlsxwriter.h>

#endif
