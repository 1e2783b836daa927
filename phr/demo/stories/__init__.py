"""What happened to the six patients of the demo, one module each."""

from phr.demo.stories.claire import CLAIRE
from phr.demo.stories.david import DAVID
from phr.demo.stories.emma import EMMA
from phr.demo.stories.maria import MARIA
from phr.demo.stories.priya import PRIYA
from phr.demo.stories.shape import Note, Visit
from phr.demo.stories.tom import TOM

STORIES: dict[str, tuple[Visit, ...]] = {
    "maria": MARIA,
    "david": DAVID,
    "emma": EMMA,
    "priya": PRIYA,
    "tom": TOM,
    "claire": CLAIRE,
}

__all__ = ["STORIES", "Note", "Visit"]
