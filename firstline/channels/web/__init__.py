"""The web form and the API door: typed questions as JSON."""
