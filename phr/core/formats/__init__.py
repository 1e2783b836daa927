"""How each language writes days and times.

`date_format(day, "DAY")` and `{{ day|date:"DAY" }}` take them from here. What is
missing, such as formats of the admin site, Django takes from its own.
"""
