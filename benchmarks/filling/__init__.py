"""What `benchmarks.fill` fills a database with, and how."""
