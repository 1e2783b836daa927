"""What happened to the six patients of the demo, one module each."""

from demo.stories.claire import CLAIRE
from demo.stories.david import DAVID
from demo.stories.emma import EMMA
from demo.stories.maria import MARIA
from demo.stories.priya import PRIYA
from demo.stories.shape import Note, Visit
from demo.stories.tom import TOM

STORIES: dict[str, tuple[Visit, ...]] = {
    "maria": MARIA,
    "david": DAVID,
    "emma": EMMA,
    "priya": PRIYA,
    "tom": TOM,
    "claire": CLAIRE,
}

__all__ = ["STORIES", "Note", "Visit"]
