"""Tests of the core's infrared part."""
