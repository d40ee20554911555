"""Ratios against the parser's limit and the alternatives, in one run; never a test."""
