# The image is made by the same scripts as any other install. It plants nothing; settings: docs/settings.md.
FROM python:3.11-slim AS build
WORKDIR /srv/frontdesk
COPY constraints constraints
COPY scripts/setup scripts/setup
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY app app
COPY ingestion ingestion
COPY knowledge knowledge
# Compiled here, because the user of the image below cannot write.
RUN scripts/setup serve && .venv/bin/python -m compileall -q -j 0 .venv/lib app ingestion knowledge

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --no-create-home frontdesk \
    && install --directory --owner frontdesk --mode 700 /data
COPY --from=build /srv/frontdesk /srv/frontdesk
WORKDIR /srv/frontdesk
ENV PATH=/srv/frontdesk/.venv/bin:$PATH \
    FRONTDESK_ENV=production \
    FRONTDESK_DATA_DIR=/data \
    FRONTDESK_HOST=0.0.0.0
USER frontdesk
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ.get('FRONTDESK_PORT', 8000)}/healthz\", timeout=4)"]
CMD ["frontdesk", "serve"]
