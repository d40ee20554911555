"""Alerts: what rules see of the requests, slot by slot, and when that is worth a message."""
