"""GitHub: issues, discussions and pull requests as conversations, answered as an app or by a personal token."""
