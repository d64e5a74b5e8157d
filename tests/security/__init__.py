"""The threats of docs/security.md: what no other folder of tests holds, the bill of materials and the audit of dependencies."""
