"""A seeded, invented month of gateway logs, and the truth about every request in it that is waste."""

from llmcost.demo.month import TRAPS, Planted, Written, write_month, write_truth
from llmcost.demo.plan import DAYS

__all__ = ["DAYS", "TRAPS", "Planted", "Written", "write_month", "write_truth"]
