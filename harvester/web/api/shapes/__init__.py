"""The shapes of what the API answers, field by field; the names are those of ``--format json``."""
