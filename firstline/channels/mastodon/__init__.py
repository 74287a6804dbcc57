"""Mastodon, and servers that speak its API: mentions in, replies out."""
