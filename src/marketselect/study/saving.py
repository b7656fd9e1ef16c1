"""Saving a ranking as a study, after it was proved that the study gives the ranking again."""

from pathlib import Path

from marketselect.errors import InputError, need
from marketselect.files import put_whole
from marketselect.portfolio.basket import Basket
from marketselect.portfolio.entry import EntryPlan
from marketselect.ranking.ranking import Ranking
from marketselect.running import stage
from marketselect.scoring.judged import warned_already
from marketselect.study.contents import files_to_save, own_functions
from marketselect.study.folder import free_place, study_path
from marketselect.study.packing import is_packed, study_archive
from marketselect.study.plans import checked_parts, part_texts
from marketselect.study.replay import Replay, replayed
from marketselect.values import a_flag


def save_study(
    ranking: Ranking,
    path: str | Path,
    *,
    overwrite: bool = False,
    basket: Basket | None = None,
    plan: EntryPlan | None = None,
) -> Path:
    """Write a ranking and all it rests on into a folder that stands alone.

    Parameters
    ----------
    ranking : Ranking
        As `rank_markets` returned it.
    path : str or Path
        The folder to write, or one file with all of it if the name ends in ``.zip``; the folder it
        lies in must exist.
    overwrite : bool
        Whether a study that is there already is replaced. A folder that holds anything else is
        never replaced.
    basket : Basket, optional
        What `diversify` chose of this ranking, kept with what it was asked.
    plan : EntryPlan, optional
        What `entry_plan` made of this ranking; if it is of a basket, that is given, too. Of the
        observations the usual changes are kept.

    Returns
    -------
    Path
        The folder or the archive. Its README.md says what each file holds. The same ranking gives
        the same bytes. Missing values are empty cells.

    Raises
    ------
    InputError
        If the folder exists or cannot be written; if labels of markets are neither all text nor
        all whole numbers of at most 18 digits, or are categories; if a text holds half a
        character; if there are more than 10,000,000 draws; if the basket or the plan is of another
        ranking, or the plan of another basket or of steps by a function of your own; or if the
        ranking or its table was changed, so that its record does not give its numbers again.

    Notes
    -----
    The study is replayed in memory first and then written beside its place under another name: it
    is there whole or not at all. Texts are kept as they are, also those that begin with ``=``,
    ``+``, ``-`` or ``@``, which a spreadsheet may take for a formula: another sign before them
    would be another label. The README.md says so. Standard errors are kept for the indicators
    that name a series of them; others have no part in a ranking by this framework.

    A method or a weighting that is a function of your own is kept by its name alone, since a study
    holds no code: who replays the study gives it, and README.md says so.

    Examples
    --------
    >>> import tempfile
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ranking = ms.rank_markets(table, "pestle", weights="entropy", draws=100)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study = save_study(ranking, Path(folder) / "study")
    ...     print((study / "results.csv").read_text()[:27])
    market,rank,score,rank_low,
    """
    told = stage("save_study")
    need(ranking, Ranking, "ranking")
    a_flag(overwrite, "overwrite")
    target = free_place(path, overwrite=overwrite)
    checked_parts(ranking, basket, plan)
    files = files_to_save(ranking, part_texts(basket, plan))
    functions = {"method": ranking.call, "weights": ranking.weights_from}
    own = {what: functions[what] for what in own_functions(ranking)}
    with warned_already():
        prove(replayed(files, Path("study"), 0.0, (), own))
    free_place(path, overwrite=overwrite)  # something may have come there while it was proved
    put_whole(
        study_archive(files) if is_packed(target) else files, target, "study", replacing=overwrite
    )
    told(lambda: f'"{path}", {ranking.headline}')
    return study_path(path)


def prove(again: Replay) -> None:
    """Refuse a ranking that its own study does not give again."""
    if not again.identical:
        raise InputError.of(
            "damaged",
            "ranking",
            "the ranking does not follow from what it records",
            f"save it as rank_markets returned it. {again!r}",
        )
