"""What waits for staff, and deciding about it."""
