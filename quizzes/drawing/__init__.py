"""Pictures for questions: SVG, drawn from the question's own numbers, each with words that stand for it."""
