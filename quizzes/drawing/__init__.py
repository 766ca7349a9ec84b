"""Pictures for questions: SVG drawn from the question's own numbers, each with an alternative text."""
