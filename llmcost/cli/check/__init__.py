"""What guards a change: `llmcost check`, `baseline`."""
