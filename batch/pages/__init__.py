"""What people read of a class: the page about all of it, the report on each submission, what changed between attempts."""
