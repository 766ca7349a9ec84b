"""Answer sheets: where everything is on them, and how filled-in ones are read from scans."""
