"""What is said of a file: its verdict, its codes and cures, the pages that show it."""
