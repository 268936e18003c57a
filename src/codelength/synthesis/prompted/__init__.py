"""Language models that are asked for a program: prompts, answers, their worth in bits."""
