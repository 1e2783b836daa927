"""Patients, doctors and the grants between them; owns the access rule."""
