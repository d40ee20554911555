"""What other systems read: `llmcost export`."""
