"""The web portal: pages for patients, doctors and staff, over the same services."""
