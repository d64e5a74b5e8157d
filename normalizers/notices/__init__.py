"""Public credit records: from the printed fields of one record to one notice."""
