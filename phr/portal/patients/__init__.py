"""A doctor's patients, and the chart of each."""
