"""Where alerts go: each kind of channel is one file that says what is sent; `sending` sends it."""
