"""From bytes to a text in its normal form: decode, repair, width, script, and what folds to the same.

Nothing is imported here: whoever folds a word (the store) should not wait for the tables by which texts are repaired.
"""
