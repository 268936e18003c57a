"""`python -m codelength`."""

from codelength.cli.main import main

if __name__ == "__main__":
    main()
