"""Who handed in what resembles the work of others."""
