"""What the document says about each operation, by its id."""

from phr.api.openapi.operations import (
    access_log,
    access_log_verify,
    accounts,
    archive,
    care,
    documents,
    emergency,
    erasure,
    factors,
    grants,
    health_records,
    history,
    identity,
    notifications,
    verification,
)
from phr.api.openapi.operations.operation import Operation

OPERATIONS = {
    name.lower(): operation
    for module in (
        access_log,
        access_log_verify,
        accounts,
        archive,
        care,
        documents,
        emergency,
        erasure,
        factors,
        grants,
        health_records,
        history,
        identity,
        notifications,
        verification,
    )
    for name, operation in vars(module).items()
    if isinstance(operation, Operation)
}
