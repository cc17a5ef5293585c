"""Evidence: a page as seen, sealed to the legal department, stamped, watched, and handed over."""
