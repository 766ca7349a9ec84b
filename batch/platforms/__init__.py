"""What goes back: grade books, and tables and feedback as platforms and mails take them."""
