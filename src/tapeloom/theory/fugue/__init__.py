"""Fugue: subject, answer, countersubject, exposition, episodes, stretto and close."""
