"""The wiring: the order of the stages, the commands, and everything that meets the outside."""
