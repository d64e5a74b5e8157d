"""A stored version as something to read: blocks, addresses of its clauses, the way of a clause through versions."""
