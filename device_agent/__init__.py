"""The part of Flyweight that runs on the board: standard library only, Python 3.8 and newer."""
