"""What stands between the web server and Django; README.md tells how and why."""
