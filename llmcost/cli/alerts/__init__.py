"""Alerts: checked, listed, silenced, tried on history."""
