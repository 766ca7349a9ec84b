"""An instructor's own questions: plain ones in TOML, templates in Python, and any template with other numbers or words."""
