"""What reports costs: `llmcost report`, `whatif`, `reconcile`."""
