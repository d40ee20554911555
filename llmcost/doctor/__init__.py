"""A store looked over: what wrote the logs, which fields they have, and which questions they can answer."""

from llmcost.doctor.examine import examine

__all__ = ["examine"]
