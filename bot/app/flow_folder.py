"""A published flow as files of a folder again: the flow, the flows it calls beside it, its pack in packs/."""

from bot.app.bundle import pages
from bot.app.yaml_text import Document


def files_of(text: str, flow: str) -> dict[str, str]:
    """File name to text, as `read_whole` finds them beside each other."""
    first, *others = pages(text, flow)
    found = {f"{flow}.yaml": first.text}
    for page in others:
        data = Document(page.text, page.name, page.before).data
        name = f"packs/{data['pack']}.yaml" if "pack" in data else f"{data['flow']}.yaml"
        found[name] = page.text
    return found


def pack_of(text: str) -> str:
    """The id of the pack that a published flow came with, or empty."""
    names = (name for name in files_of(text, "-") if name.startswith("packs/"))
    return next((name.removeprefix("packs/").removesuffix(".yaml") for name in names), "")
