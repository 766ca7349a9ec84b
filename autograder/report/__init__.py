"""Reports of a graded submission: a page, and a summary for the terminal."""
