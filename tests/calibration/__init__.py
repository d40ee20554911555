"""Logs without texts whose waste is known: useful traffic, planted waste, and what detectors say of both."""
