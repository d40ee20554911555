"""What the proxies are given: each module stands alone, since theirs is another environment."""
