"""Grade what was handed in, each content once, on all processors or on a cluster."""
