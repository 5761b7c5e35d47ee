"""Tests of electricity plans."""
