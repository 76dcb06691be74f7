// GuobanClient
