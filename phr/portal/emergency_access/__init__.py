"""A doctor's way in when the patient cannot be asked."""
