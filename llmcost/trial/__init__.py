"""Whether another model answers as the present one does: requests drawn to replay, and both answers compared."""

from llmcost.trial.outputs import read_outputs
from llmcost.trial.sample import Sample, draw
from llmcost.trial.verify import Comparison, compare, wilson

__all__ = ["Comparison", "Sample", "compare", "draw", "read_outputs", "wilson"]
