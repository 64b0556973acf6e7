"""The mirror: a camera's frames in, what the judge sees in them out, while they are still fresh.

    page -> WebSocket -> consumer.py, in a web process -> wire.py, a Unix socket -> process.py, `manage.py mirror`

A frame lies in memory alone, until it has been looked at or a newer one takes its place.
"""
