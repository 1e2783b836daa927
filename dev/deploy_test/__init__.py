"""`make deploy-test`: an installation as operators make it, with containers and TLS."""
