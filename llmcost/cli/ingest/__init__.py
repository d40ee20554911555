"""What reads logs: `llmcost ingest`, `doctor`, `demo`."""
