"""The steps of the config and subentry flows, a module for each subject."""
