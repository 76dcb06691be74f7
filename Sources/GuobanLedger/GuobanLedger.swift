// GuobanLedger
