"""What answers an assistant's questions over MCP: `llmcost mcp`. It stands above the rooms whose commands it asks."""
