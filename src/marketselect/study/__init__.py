"""Studies: a folder that holds a ranking and all it rests on, so that anyone can make it again.

Everything in a study is UTF-8 text: TOML, JSON and CSV. Floats are written with the fewest digits
that read back as the same float, so no number changes on the way. Nothing in it is executed.
"""

from marketselect.study.replay import Replay, replay_study
from marketselect.study.saving import save_study

__all__ = ["Replay", "replay_study", "save_study"]
