"""`python -m llmcost` is the command `llmcost`."""

from llmcost.cli import main

main()
