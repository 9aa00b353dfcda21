"""The nouns that two stages share, their checks and their files."""
