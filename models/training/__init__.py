"""Training of the shipped model from public labelled texts."""
