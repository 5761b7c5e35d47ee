"""The triggers of Klima, a module for each subject."""
