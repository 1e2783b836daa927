"""What a stranger has to know of a patient in an emergency, on one page to print."""
