# Stands in for mher/flower: the same program, from its wheel.
ARG BASE
FROM ${BASE}
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    --mount=type=secret,id=certificates,target=/run/secrets/certificates \
    if [ -s /run/secrets/certificates ]; then export PIP_CERT=/run/secrets/certificates; fi; \
    python3 -m venv /venv && /venv/bin/pip install --quiet --no-cache-dir flower==2.2.0 celery[redis]==5.7.0
ENV PATH=/venv/bin:/usr/bin:/bin
USER 65534
