"""The whole site on several machines' worth of processes, while everything that may fail does: `make chaos`."""
