// The blanks of a question, and what stands in them.
