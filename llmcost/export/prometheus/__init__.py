"""Gauges that people alert on, in the text format that Prometheus collects."""
