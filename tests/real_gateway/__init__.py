"""The real proxy of LiteLLM with Postgres, on loopback: what `make test-gateway` runs against."""
