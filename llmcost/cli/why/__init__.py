"""`llmcost why`: what exploded, and when."""
