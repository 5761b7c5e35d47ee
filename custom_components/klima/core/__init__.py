"""The pure core of Klima: physics, money, control and infrared.

Nothing below this package imports Home Assistant; a test holds it so.
"""
