"""A user's own query: `llmcost sql`."""
