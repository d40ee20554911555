"""The page of `llmcost report -f html`, live: one process follows, judges, sends and serves."""
