"""What people are told, made from other apps' events."""
