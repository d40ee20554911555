"""What keeps a store small and fast: written anew, and what is old taken out of it."""
