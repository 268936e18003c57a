"""Language models: where their weights come from, and what they predict."""
