// HalfYear
