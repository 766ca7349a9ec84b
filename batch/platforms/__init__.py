"""Tables of grades as platforms import them, and what their imports would do without a word."""
