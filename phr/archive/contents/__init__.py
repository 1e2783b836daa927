"""What an archive holds, in shapes of its own: they stay when the API's change."""
