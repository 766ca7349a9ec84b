"""A graded submission as people read it: a page and a summary in the terminal."""
