"""A whole class: read an export, grade each submission on all cores or on a cluster, and report the results."""
