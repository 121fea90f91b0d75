"""The mall's own demo catalogue: invented goods with our own pictures."""
