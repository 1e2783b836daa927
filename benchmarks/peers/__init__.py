"""Other ways to answer the same questions from the same tables."""
