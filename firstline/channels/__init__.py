"""Adapters between the outside world and the desk: bytes in, dataclasses out, and back. No models."""
