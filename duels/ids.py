class PublicId:
    """A public id in an address. What cannot be one never reaches the database."""

    regex = "[0-9a-z]{12}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
