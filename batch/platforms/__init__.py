"""Grade books, and tables and feedback to upload or to mail."""
