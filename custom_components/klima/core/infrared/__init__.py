"""Infrared: from what a unit should do to pulses of light, and back.

One middle form holds everything together: a `Signal` is durations in µs, marks
positive and spaces negative, with the frequency that the marks are modulated
with. Codecs turn it into what transports take; encoders make it from a
`UnitState` and read a heard one back.
"""
