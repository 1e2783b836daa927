"""German: "Donnerstag, 12. November 2026, 14:02"."""

DAY = "j. F Y"
WEEKDAY = "l, j. F Y"
MONTH = "F Y"
MONTH_IN_SHORT = "M"
CLOCK = "H:i"
