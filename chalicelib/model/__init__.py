"""Shapes that cross a stage boundary. Pure: no I/O, no clock, no environment."""
