"""Low rank: a layer becomes two or three thinner ones with almost its function."""
