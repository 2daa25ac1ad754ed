"""Raw text of a sensor in, one Sample out; one file per source."""
