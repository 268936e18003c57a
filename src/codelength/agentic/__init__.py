"""Agentic codelength: what a tool, an environment, a retriever or more search is worth in bits."""
