"""How well copies are told from other pictures of the same face, measured for docs/fairplay.md by
`manage.py bench_fairplay`, and kept so by the tests here.
"""
