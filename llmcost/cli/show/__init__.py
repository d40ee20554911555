"""One request: `llmcost show`."""
