"""What a doctor has asked patients for, and the access that they have."""
