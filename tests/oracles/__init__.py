"""What the documents say a detector finds, in plain Python: one module per detector, none of which reads its SQL."""
