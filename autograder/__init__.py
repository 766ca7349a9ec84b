"""Run a submission in a sandbox, compare what it returns with the reference kernels, report what is right and wrong."""
