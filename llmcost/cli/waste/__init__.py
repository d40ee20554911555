"""What finds waste: `llmcost detect`, `savings`, `sample`, `verify`."""
