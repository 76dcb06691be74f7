// GuobanArchive
