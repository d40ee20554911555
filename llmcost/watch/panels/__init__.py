"""The panels: each a pure function of a snapshot, of what is looked at, and of the room that it has."""
