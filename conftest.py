from hypothesis import settings

# A busy machine is no bug.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
