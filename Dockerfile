# One image for the web process and for the worker; docker-compose.yml says which one a container is.
# The packages are the locked ones, and the program lies where it does in a checkout, beside its contents.

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
WORKDIR /srv/mamori
COPY requirements.lock ./
RUN /opt/venv/bin/python -m pip install --quiet --require-hashes --no-deps -r requirements.lock
COPY pyproject.toml ./
COPY bot ./bot
RUN /opt/venv/bin/python -m pip install --quiet --no-index --no-deps --no-build-isolation -e .

FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MAMORI_DATA_DIR=/var/lib/mamori
RUN useradd --system --uid 10001 --no-create-home mamori && install -d -o mamori -g mamori /var/lib/mamori
WORKDIR /srv/mamori
COPY --from=build /opt/venv /opt/venv
COPY pyproject.toml ./
COPY bot ./bot
COPY flows ./flows
COPY knowledge ./knowledge
USER mamori
VOLUME /var/lib/mamori
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/healthz', timeout=2)"]
CMD ["mamori", "serve", "--host", "0.0.0.0", "--port", "8080"]
