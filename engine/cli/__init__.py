"""The command line: parse, call the verb, print. One thin file per verb."""
