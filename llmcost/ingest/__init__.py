"""Files to records to requests; every line that nobody understands to rejects. One .sql file per format."""

from llmcost.ingest.aside import refusal_of
from llmcost.ingest.content_key import share_hashing
from llmcost.ingest.load import ingest
from llmcost.ingest.options import Options
from llmcost.ingest.summary import Progress, Summary

__all__ = ["Options", "Progress", "Summary", "ingest", "refusal_of", "share_hashing"]
