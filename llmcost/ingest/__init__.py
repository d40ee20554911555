"""Files to records to requests; every line that nobody understands to rejects. One .sql file per format."""

from llmcost.ingest.load import Progress, Summary, ingest

__all__ = ["Progress", "Summary", "ingest"]
