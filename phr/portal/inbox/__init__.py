"""What people are told: their inboxes."""
