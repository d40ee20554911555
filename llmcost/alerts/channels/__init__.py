"""Where alerts go: a file a kind of channel says what is sent; `sending`, imported only then, sends it."""
