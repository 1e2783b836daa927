"""The document itself, in the document."""

from phr.api.openapi.operations.operation import Operation

READ_DOCUMENT = Operation(
    "Read this document",
    "Anybody may read the OpenAPI document.",
    answers={200: {"its beginning": {"openapi": "3.1.0", "paths": {}}}},
)
