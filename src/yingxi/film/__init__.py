"""Shots, takes, the cut, and the build that ties them together and does nothing twice."""
