"""The measure of task changes: edited documents with known truth, pairs written by hand, and their score."""
