"""Grade submissions, each content once, on all processors or on a cluster."""
