// GuobanMessages
