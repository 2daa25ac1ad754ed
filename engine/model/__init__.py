"""Open, describe, convert and save models; data and samples."""
