"""The texts of questions, as each medium wants them."""
