"""Questions of an instructor's own: plain ones in TOML, templates in Python, and other numbers and words for any."""
