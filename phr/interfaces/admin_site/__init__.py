"""The pages of the admin site that are ours: signing in, confirming, second factor."""
