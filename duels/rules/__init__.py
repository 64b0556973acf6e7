"""The game's rules as pure functions: no Django, no clock, no chance."""
