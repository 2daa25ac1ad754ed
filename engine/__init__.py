"""Model, compress, evaluate, package, deploy, measure: the desktop side of Flyweight, without Qt."""
