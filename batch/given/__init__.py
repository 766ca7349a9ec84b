"""What those who teach say about a class: rules, tables, points of their own. It holds until they say something else."""
