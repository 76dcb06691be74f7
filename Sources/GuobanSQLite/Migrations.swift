internal import GRDB
internal import GuobanStorage

/// The steps of the SQLite layout. Tables of record types are not among them: they follow the schemas
/// (``RecordTables``).
enum Migrations {
  static let all = [
    Migration(
      number: 1, name: "change log",
      statements: [
        "CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
        """
        CREATE TABLE change_log (
          revision INTEGER PRIMARY KEY,
          commit_revision INTEGER NOT NULL,
          time_seconds INTEGER NOT NULL,
          time_nanos INTEGER NOT NULL,
          actor TEXT NOT NULL,
          operation INTEGER NOT NULL,
          record_type TEXT NOT NULL,
          key TEXT NOT NULL,
          record BLOB NOT NULL,
          request_id TEXT NOT NULL,
          request_digest BLOB NOT NULL,
          previous_hash BLOB NOT NULL,
          hash BLOB NOT NULL
        ) STRICT
        """,
        // One entry per request: its last row stands for it.
        """
        CREATE UNIQUE INDEX change_log_request ON change_log (actor, request_id)
        WHERE request_id <> '' AND revision = commit_revision
        """,
        """
        CREATE TRIGGER change_log_keeps_rows BEFORE DELETE ON change_log
        BEGIN SELECT raise(ABORT, 'the change log is append-only'); END
        """,
        """
        CREATE TRIGGER change_log_keeps_content BEFORE UPDATE ON change_log
        BEGIN SELECT raise(ABORT, 'the change log is append-only'); END
        """,
      ]),
    Migration(
      number: 2, name: "regions of a change",
      statements: [
        // Lists as TextList frames them. Changes from before say nothing: they concern no region.
        "ALTER TABLE change_log ADD COLUMN regions TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE change_log ADD COLUMN left_regions TEXT NOT NULL DEFAULT ''",
      ]),
    Migration(
      number: 3, name: "audit and compaction",
      statements: [
        // Each ends with the revision, which is the row's number.
        "CREATE INDEX change_log_record ON change_log (record_type, key)",
        "CREATE INDEX change_log_actor ON change_log (actor)",
        "CREATE INDEX change_log_type ON change_log (record_type)",
        // Deletes are few, and what auditors look for first.
        "CREATE INDEX change_log_delete ON change_log (operation) WHERE operation = 3",
        "CREATE INDEX change_log_time ON change_log (time_seconds)",
        // Up to where rows may be removed. LogFolding sets it.
        "CREATE TABLE compacted (id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER NOT NULL) STRICT",
        """
        CREATE TABLE folded_record (
          record_type TEXT NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL, sha256 BLOB NOT NULL,
          PRIMARY KEY (record_type, key)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE folded_request (digest BLOB NOT NULL PRIMARY KEY, revision INTEGER NOT NULL) STRICT, WITHOUT ROWID
        """,
        "DROP TRIGGER change_log_keeps_rows",
        """
        CREATE TRIGGER change_log_keeps_rows BEFORE DELETE ON change_log
        WHEN NOT EXISTS (SELECT 1 FROM compacted WHERE revision >= OLD.revision)
        BEGIN SELECT raise(ABORT, 'the change log is append-only'); END
        """,
      ]),
    Migration(
      number: 4, name: "personal data",
      statements: [
        "ALTER TABLE change_log ADD COLUMN note TEXT NOT NULL DEFAULT ''",
        // Neither in the records nor in the log: destroying one takes what it sealed out of both.
        """
        CREATE TABLE data_key (
          record_type TEXT NOT NULL,
          key TEXT NOT NULL,
          wrapped BLOB NOT NULL,
          deleted_seconds INTEGER NOT NULL DEFAULT 0,
          PRIMARY KEY (record_type, key)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX data_key_deleted ON data_key (deleted_seconds) WHERE deleted_seconds > 0",
      ]),
    Migration(
      number: 5, name: "blocks of the change log",
      statements: [
        """
        CREATE TABLE change_block (
          block INTEGER PRIMARY KEY, first_seconds INTEGER NOT NULL, last_seconds INTEGER NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE change_block_value (
          field TEXT NOT NULL, value TEXT NOT NULL, block INTEGER NOT NULL, PRIMARY KEY (field, value, block)
        ) STRICT, WITHOUT ROWID
        """,
        "INSERT INTO change_block SELECT revision / 64, min(time_seconds), max(time_seconds) FROM change_log GROUP BY 1",
        "INSERT INTO change_block_value SELECT DISTINCT 'actor', actor, revision / 64 FROM change_log",
        "INSERT INTO change_block_value SELECT DISTINCT 'type', record_type, revision / 64 FROM change_log",
        """
        INSERT INTO change_block_value
        SELECT DISTINCT 'operation', CAST(operation AS TEXT), revision / 64 FROM change_log
        """,
        "DROP INDEX change_log_actor", "DROP INDEX change_log_type", "DROP INDEX change_log_delete",
        "DROP INDEX change_log_time",
      ]),
    Migration(
      number: 6, name: "requests that changed nothing",
      statements: [
        """
        CREATE TABLE idle_request (
          actor TEXT NOT NULL, request_id TEXT NOT NULL, request_digest BLOB NOT NULL, revision INTEGER NOT NULL,
          PRIMARY KEY (actor, request_id)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX idle_request_revision ON idle_request (revision)",
      ]),
  ]

  /// Brings the layout to the newest version, inside the caller's transaction.
  static func run(_ db: Database) throws {
    let current = Int(try db.integer("PRAGMA user_version") ?? 0)
    for migration in try Migration.pending(in: all, from: current) {
      for statement in migration.statements { try db.execute(sql: statement) }
      try db.execute(sql: "PRAGMA user_version = \(migration.number)")
    }
  }
}
