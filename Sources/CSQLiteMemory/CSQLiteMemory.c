#include "guoban_sqlite_memory.h"

#include <sqlite3.h>

void guoban_sqlite_count_no_memory(void) { (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
