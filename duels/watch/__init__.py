"""How the site is, for load balancers and Prometheus: what the database says now, and what processes have counted."""
