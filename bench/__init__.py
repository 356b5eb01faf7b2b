"""What bgterm costs, each figure beside the bare `os` loop in the same run: `make bench`."""
