# One image for every part of the site; compose.yaml says which part a container is. docs/operations.md tells how it runs.
#   docker build --tag emotionduel:gpu .
#   docker build --tag emotionduel:cpu --build-arg TORCH_INDEX=... .

FROM python:3.11.14-slim-bookworm AS build
# An index with PyTorch's build for CPUs, some 200 MB. Without one comes the usual build, and several gigabytes of CUDA.
ARG TORCH_INDEX=""
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PATH=/opt/venv/bin:$PATH
WORKDIR /app
# What some settings need: `moderation` for OFFENSIVE_DETECTOR, `sentry` for SENTRY_DSN; both with a space between.
ARG EXTRAS=""
COPY requirements.txt requirements-moderation.txt requirements-sentry.txt constraints.txt ./
RUN python -m venv /opt/venv \
    && if [ -n "$TORCH_INDEX" ]; then \
        pip install --no-deps --index-url "$TORCH_INDEX" --constraint constraints.txt torch torchvision; fi \
    && pip install --requirement requirements.txt \
    && for extra in $EXTRAS; do pip install --requirement "requirements-$extra.txt" || exit 1; done
COPY . .
# Compiled here, for nothing is written there. By content, not by time: copying may change times.
RUN DATA_DIR=/tmp/data STATIC_DIR=/app/var/static python manage.py build \
    && python -m compileall -q --invalidation-mode unchecked-hash /opt/venv/lib .

FROM python:3.11.14-slim-bookworm
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /tmp duel \
    && install --directory --owner duel --group duel /data /models
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    HOME=/tmp DATA_DIR=/data STATIC_DIR=/app/var/static XDG_CACHE_HOME=/models HF_HOME=/models TORCH_HOME=/models
WORKDIR /app
USER 10001:10001
VOLUME ["/data", "/models"]
EXPOSE 8000
# Docker's own word for "stop gracefully", said so that nobody changes it unawares: emotionduel/leaving.py heeds it.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=10s --start-period=60s --retries=3 CMD ["python", "deploy/alive.py", "web"]
CMD ["daphne", "--verbosity", "0", "--bind", "0.0.0.0", "--port", "8000", "emotionduel.asgi:application"]
