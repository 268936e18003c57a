"""What comes next: models of symbols whose probabilities encoder and decoder share."""
