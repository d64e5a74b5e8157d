"""What each run measured, what was promised, what is wrong, and the pages by which a change of a template is seen."""
