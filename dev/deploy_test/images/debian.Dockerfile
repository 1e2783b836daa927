# A Debian machine for docs/debian.md. It has no systemd, which would need a privileged
# container: `systemctl` here starts what the units say.
ARG BASE
FROM ${BASE}
COPY systemctl /usr/bin/systemctl
CMD ["sleep", "infinity"]
