"""Where throttles are set: LiteLLM, a file that a hook reads, an address or a program of your own."""
