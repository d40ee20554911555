"""Two sets of traces, one verdict: did the change make calls dearer."""
