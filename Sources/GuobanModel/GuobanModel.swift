// GuobanModel
