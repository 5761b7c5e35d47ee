"""Klima: mini-splits, air conditioners and heat pumps of any brand."""
