"""What is throttled, and who lifts it."""
