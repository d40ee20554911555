"""The pytest plugin: every LLM request of a test carries the test's id and the run's."""
