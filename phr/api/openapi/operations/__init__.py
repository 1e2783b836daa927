"""What the document says about each operation, by its id."""

from phr.api.openapi.operations import (
    accounts,
    care,
    documents,
    health_records,
    notifications,
)
from phr.api.openapi.operations.operation import Operation

OPERATIONS = {
    name.lower(): operation
    for module in (accounts, care, documents, health_records, notifications)
    for name, operation in vars(module).items()
    if isinstance(operation, Operation)
}
