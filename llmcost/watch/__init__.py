"""The live view: what is read is kept by slot, a snapshot is made of it, and a frame shows the snapshot."""
