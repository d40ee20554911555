"""A check as it is read: on a terminal, in a comment, by a CI server, as tables and as one document."""
