"""X: mentions and direct messages of one account, by its API that sells each call."""
