// GuobanServer
