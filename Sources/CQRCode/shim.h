// libqrcodegen (Nayuki's QR Code generator), Debian: libqrcodegen-dev.
#ifndef GUOBAN_CQRCODE_H
#define GUOBAN_CQRCODE_H
#include <qrcodegen/qrcodegen.h>
#endif
