"""`llmcost watch`: the live view."""
