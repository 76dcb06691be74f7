// GuobanWire
