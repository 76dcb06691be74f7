// GuobanSQLite
