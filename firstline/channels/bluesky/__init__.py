"""Bluesky, and other servers of the AT protocol: mentions and replies in, replies out, chat where it is allowed."""
