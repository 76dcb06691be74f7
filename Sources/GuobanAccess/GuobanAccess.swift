// GuobanAccess
