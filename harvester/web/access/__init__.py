"""Who may what in the reading room."""
