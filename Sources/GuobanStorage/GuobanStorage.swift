// GuobanStorage
