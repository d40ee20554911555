"""The price book: `llmcost pricing`."""
