"""The throttle: a key that has spent its daily budget is slowed or blocked at the gateway until midnight."""
