"""Own tokens over Qt's Fusion style: the only place where colours, type sizes and distances are written down."""
