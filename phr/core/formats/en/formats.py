"""English: "Thursday, 12 November 2026, 14:02"."""

DAY = "j F Y"
DAY_AND_TIME = "j F Y, H:i"
WEEKDAY = "l, j F Y"
WEEKDAY_AND_TIME = "l, j F Y, H:i"
MONTH = "F Y"
MONTH_IN_SHORT = "M"
CLOCK = "H:i"
