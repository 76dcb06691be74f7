#include "guoban_sqlite_settings.h"

#include <sqlite3.h>
#include <stddef.h>

void guoban_sqlite_count_no_memory(void) { (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

void guoban_sqlite_keep_log(struct sqlite3 *connection) {
  (void)sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}
