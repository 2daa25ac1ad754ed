"""Model, compress, evaluate, package, deploy, measure: the desktop side of Flyweight, without Qt."""

import os

# Threads of OpenMP (torch) that wait for one another burn their core: 300,000 turns by default. Beside other work each then waits
# for a core that a waiting one burns; seen on 2 cores at load 6: 23 to 56 s instead of 8. A thousand turns bridge the gaps
# between layers, after them a thread sleeps. Read when torch is loaded; a value that is set stays.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
