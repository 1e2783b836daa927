"""The portal's pages, as a browser without scripts gets them."""
