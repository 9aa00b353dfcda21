"""Readers of data sets, one module each."""
