"""Answer sheets: their layout, and how scans of them are read."""
