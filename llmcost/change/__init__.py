"""Why a cost changed: the difference of two sides of traffic, shared out exactly among what changed."""
