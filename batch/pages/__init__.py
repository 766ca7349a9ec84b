"""Pages about a class: the class page, a report on each submission, and changes between attempts."""
