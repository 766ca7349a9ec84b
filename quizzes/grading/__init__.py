"""What students answered: read, marked, graded, and what the class did not understand."""
