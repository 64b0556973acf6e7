"""What the pages show, for programs: read-only, under /api/v1/. docs in /api/docs/."""
