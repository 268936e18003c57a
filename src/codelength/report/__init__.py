"""How results are shown: tables in Markdown and on the terminal."""
