"""Find submissions that resemble each other."""
