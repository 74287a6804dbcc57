"""The desk's pages, their fragments and what its forms do."""
