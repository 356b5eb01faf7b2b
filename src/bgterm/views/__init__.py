"""What a person would see of a terminal: its text, its screen, its recording."""
