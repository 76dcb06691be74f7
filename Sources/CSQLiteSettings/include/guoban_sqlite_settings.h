// Settings of SQLite's with variable arguments, which Swift cannot call.
#ifndef GUOBAN_SQLITE_SETTINGS_H
#define GUOBAN_SQLITE_SETTINGS_H

struct sqlite3;

// Has SQLite count none of its allocations, which it does under a lock for all connections. Before anything else is done with
// SQLite in this process; later it changes nothing. Nobody here reads the count, a write makes thirty allocations, and Debian's
// SQLite has no lookaside memory that would spare them.
void guoban_sqlite_count_no_memory(void);

// Has this connection leave the write-ahead log as it is when it is the last to be closed.
void guoban_sqlite_keep_log(struct sqlite3 *connection);

#endif
