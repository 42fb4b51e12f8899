# syntax=docker/dockerfile:1
# docker build -t crossdesk . && docker run -p 8080:8080 -v crossdesk:/data crossdesk

FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/crossdesk
WORKDIR /src
# The lock first: as long as it stays the same, a change of ours reuses this layer.
COPY requirements.lock ./
RUN /opt/crossdesk/bin/pip install --requirement requirements.lock
COPY . .
RUN /opt/crossdesk/bin/pip install --no-deps .
# The reader learns its phrases now, so that a container is ready at once.
ENV CROSSDESK_STORE__MODELS=/opt/crossdesk/models
RUN cd /tmp && /opt/crossdesk/bin/crossdesk read </dev/null && chmod -R a+rX /opt/crossdesk/models

FROM python:3.12-slim
ENV PATH=/opt/crossdesk/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    CROSSDESK_STORE__MODELS=/opt/crossdesk/models
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /data crossdesk \
 && install -d -o crossdesk -g crossdesk -m 0750 /data
COPY --from=build /opt/crossdesk /opt/crossdesk
USER crossdesk
WORKDIR /data
VOLUME /data
EXPOSE 8080
# Ended by SIGTERM, Crossdesk says goodbye to its sockets and finishes what it has begun.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"]
ENTRYPOINT ["crossdesk"]
CMD ["run", "--host", "0.0.0.0", "--port", "8080", "--data", "/data"]
