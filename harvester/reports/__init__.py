"""Comparisons as documents: one HTML page, the three-column table (对照表) and tracked changes (修订) as docx."""
