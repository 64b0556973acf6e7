from pathlib import Path

from hypothesis import settings

from emotionduel.languages import compile_catalogues

compile_catalogues(Path(__file__).parent / "locale")

# A busy machine is no bug.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
