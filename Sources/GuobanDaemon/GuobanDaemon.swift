// GuobanDaemon
