"""Tests of Klima."""
