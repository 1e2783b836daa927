"""Who looked: a patient's access log in sentences."""
