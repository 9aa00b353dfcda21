"""Counterpoint: species after Fux checked and solved, each idea a module of its own."""
