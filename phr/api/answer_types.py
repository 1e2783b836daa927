"""Types that answers are made of; phr/api/openapi/answers.py reads their schemas."""

from typing import Annotated, Any


class Keywords:
    """What `Annotated` says of a type in words of JSON Schema."""

    def __init__(self, **keywords: Any) -> None:
        self.keywords = keywords


Count = Annotated[int, Keywords(minimum=0)]
Email = Annotated[str, Keywords(format="idn-email")]  # as it is kept
Link = Annotated[str, Keywords(format="uri")]
