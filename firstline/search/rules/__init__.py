"""Pure decisions about search: words, ranking, vectors, the query grammar, snippets."""
