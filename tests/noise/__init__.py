"""Noise models: damage of every known cause done to texts of our own, to measure what repair brings back and what it admits not to.

``python -m tests.noise`` prints the table for 2,000 damaged and 2,000 clean texts; the tests take a small, seeded sample.
"""
