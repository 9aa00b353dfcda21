"""Counterpoint: voices that are written against one another, checked and found."""
