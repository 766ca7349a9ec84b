"""How the checks call the student's code, part by part. Runs inside the worker, beside it."""
