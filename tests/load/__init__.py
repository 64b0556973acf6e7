"""What load the site bears, measured for docs/benchmarks.md by `manage.py bench_load`.

Every process is a real one, on loopback; PostgreSQL and Redis are there for the run alone. In Telegram's place stands a
server that answers at once and checks nothing (tests/botapi is the strict one): what is measured is to be the site.
"""
