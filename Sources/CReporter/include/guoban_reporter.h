// What a reporter module (a shared library) offers to guoban-sandbox: one C function.
//
// No Swift type crosses this line: Swift has no stable ABI on Linux. Everything else is said in messages of
// Proto/guoban/reporter/v1/reporter.proto over the two descriptors that `run` is given.
#ifndef GUOBAN_REPORTER_H
#define GUOBAN_REPORTER_H

#include <stdint.h>

// "GUOB" in the byte order of a reader.
#define GUOBAN_REPORTER_MAGIC 0x47554F42u

// Raised when guoban_reporter_module changes in a way that an older launcher would misread.
#define GUOBAN_REPORTER_ABI_VERSION 1u

#define GUOBAN_REPORTER_ENTRY_NAME "guoban_reporter_module_entry"

typedef struct guoban_reporter_module {
  uint32_t magic;        // GUOBAN_REPORTER_MAGIC
  uint32_t abi_version;  // GUOBAN_REPORTER_ABI_VERSION
  uint32_t size;         // sizeof(guoban_reporter_module) where the module was built: later fields may follow
  uint32_t reserved;     // 0
  // Speaks the reporter protocol: reads from `in`, writes to `out`, returns 0 when the conversation ended as it should.
  int (*run)(int in, int out);
} guoban_reporter_module;

// What the symbol guoban_reporter_module_entry is. The structure must live as long as the process.
typedef const guoban_reporter_module *(*guoban_reporter_module_entry_function)(void);

#endif
