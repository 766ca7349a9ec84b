"""Harnesses that run in workers. Of convgrade they import only gpu/."""
