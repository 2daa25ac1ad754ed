"""What desktop and agent agree on: frames, messages, versions, errors."""
