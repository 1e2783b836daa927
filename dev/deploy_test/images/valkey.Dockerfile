# Stands in for valkey/valkey: Debian's Redis 7.0, the oldest that the server takes.
ARG BASE
FROM ${BASE}
# hadolint ignore=DL3008
RUN apt-get update -qq && apt-get install -qq --yes --no-install-recommends redis-server >/dev/null \
    && rm -rf /var/lib/apt/lists/* \
    && ln -s redis-server /usr/bin/valkey-server && ln -s redis-cli /usr/bin/valkey-cli \
    && useradd --system valkey && mkdir /data && chown valkey /data
WORKDIR /data
