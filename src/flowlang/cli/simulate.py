"""Run many contacts through the campaigns in virtual time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from flowlang import speech
from flowlang.cli import FOUND, files, paths, storing, terminal
from flowlang.collector import without_collector
from flowlang.speech import tr, tr_n

if TYPE_CHECKING:
    from flowlang.contact import Entry
    from flowlang.forecast.days import Day
    from flowlang.intake.events import Arrival, EventRows
    from flowlang.intake.problem import Problem
    from flowlang.program.program import Program
    from flowlang.workspace import Workspace


@click.command(
    epilog="Example: flow simulate examples/webinar --contacts examples/webinar/contacts.csv"
    " --events examples/webinar/events.jsonl"
)
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option(
    "--contacts", "contacts_file", metavar="FILE", required=True, type=click.Path(path_type=Path),
    help="Who is there before the start: CSV or JSON Lines; `-` is standard input.",
)  # fmt: skip
@click.option(
    "--events", "events_file", metavar="FILE", type=click.Path(path_type=Path),
    help="What happens, as JSON Lines; `-` is standard input.",
)  # fmt: skip
@click.option(
    "--from", "start", metavar="TIME",
    help="Where the clock starts, such as `2026-01-01 08:00`; else at the first event, or today.",
)  # fmt: skip
@click.option(
    "--until", metavar="TIME",
    help="Where it ends; else when nothing is due any more. Schedules go on for 400 days.",
)  # fmt: skip
@click.option("--seed", type=int, help="Another seed for splits than the one in flow.toml.")
@click.option(
    "--timeline", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
    help="Write the history of every contact there, as JSON Lines.",
)  # fmt: skip
@click.option(
    "--forecast", is_flag=True,
    help="Tell day by day what is sent, which codes are left, who waits.",
)  # fmt: skip
@click.option(
    "--plot", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
    help="Draw the forecast there, as SVG.",
)  # fmt: skip
@click.option(
    "--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="How the outcome is written.",
)  # fmt: skip
def simulate(
    path: Path | None,
    contacts_file: Path,
    events_file: Path | None,
    start: str | None,
    until: str | None,
    seed: int | None,
    timeline: Path | None,
    forecast: bool,
    plot: Path | None,
    output_format: str,
) -> int:
    """Run many contacts through the campaigns in virtual time; nothing leaves the machine.

    Contacts and coupon codes are there before the start; an event before it or for nobody is told
    and left out, and so is every row that cannot be read: the rest is taken, and the exit code is
    1. The same input and seed give the same output. JSON has the keys contacts (all there were),
    from, until, sent, skipped, halted, coupons, tags, campaigns and errors ({file, line, message});
    with --forecast also forecast, a list of {date, sent, coupons, waiting, halted} for each day.
    """
    if plot is not None and plot.suffix != ".svg":
        raise click.BadParameter(
            tr(
                "a picture is written as SVG, so its name ends in .svg: {path}",
                path=plot.with_suffix(".svg"),
            ),
            param_hint="--plot",
        )
    if contacts_file == events_file == paths.STDIN:
        raise click.UsageError(tr("--contacts and --events cannot both be standard input"))
    workspace = paths.one(path)
    program = paths.runnable(workspace)
    inputs = [one for one in (contacts_file, events_file) if one not in (None, paths.STDIN)]
    for option, written in (("--timeline", timeline), ("--plot", plot)):
        _refuse_input(option, written, inputs, workspace)
    with without_collector():
        run = _Run(workspace.root, program, contacts_file, events_file)
        run.read()
        run.looks_daily = forecast or plot is not None
        counts = run.run(start, until, seed, timeline)
    run.tell_problems(output_format)
    if plot is not None:
        _draw(run.days, plot, workspace)
    if output_format == "json":
        counts["errors"] = run.errors
        if forecast:
            counts["forecast"] = [day.data() for day in run.days]
        terminal.write(json.dumps(counts, ensure_ascii=False, indent=2) + "\n")
    else:
        from flowlang.cli.tally import tally

        terminal.write(tally(counts, program.config.timezone))
        if forecast:
            from flowlang.forecast.table import table

            terminal.write("\n" + table(run.days, terminal.printable))
    return FOUND if run.errors else 0


def _refuse_input(
    option: str, path: Path | None, inputs: Sequence[Path | None], workspace: Workspace
) -> None:
    """Nothing that is read is written over.  Raises UsageError."""
    if path is None:
        return
    target = path.resolve()
    read = [*inputs, *workspace.inputs, workspace.root / "flow.toml"]
    read += [parsed.source.path for parsed in workspace.files]
    program = workspace.runnable
    read += [one.path for one in program.names.coupons.values()] if program is not None else []
    if any(one is not None and one.resolve() == target for one in read):
        raise click.UsageError(
            tr(
                "{option}: {path} is read here, so nothing is written over it",
                option=option,
                path=path,
            )
        )


def _draw(days: list[Day], path: Path, workspace: Workspace) -> None:
    """Write the picture of a forecast, in the language of the workspace."""
    from flowlang.forecast.plot import plot
    from flowlang.forecast.words import words

    language = workspace.language
    said = words(language)
    name = workspace.root.resolve().name or workspace.files[0].source.name
    with files.replacing(path) as stream:
        stream.write(plot(days, f"{said.title}: {name}", said))


class _Run:
    """One simulation from its files to its counts."""

    def __init__(self, root: Path, program: Program, contacts: Path, events: Path | None) -> None:
        from flowlang.intake.contacts import ContactRows

        self.root = root
        self.program = program
        self.contacts_file = contacts
        self.contacts_name = storing.label(contacts)
        self.events_file = events
        self.events_name = "" if events is None else storing.label(events)
        self.contacts: ContactRows
        self.arrivals: tuple[Arrival, ...] = ()
        self.codes: dict[str, tuple[str, ...]] = {}
        self.looks_daily = False
        """Whether to look at it at the end of each day."""
        self.days: list[Day] = []
        self.errors: list[dict[str, Any]] = []
        self.events: EventRows | None = None
        self.told: list[str] = []
        """What stands in no error."""
        self.wrong: list[str] = []
        """The errors, as lines for a person."""

    def read(self) -> None:
        """Read contacts, events and codes.  Raises OSError for the first two."""
        from flowlang.cli.codes import of_files
        from flowlang.intake import schemas
        from flowlang.intake.contacts import read_contacts

        program, zone = self.program, self.program.config.timezone
        data = storing.content(self.contacts_file)
        schema = schemas.contact_schema(program)
        self.contacts = read_contacts(self.contacts_name, data, schema, zone)
        for problem in self.contacts.problems:
            self._problem(self.contacts_name, problem)
        if self.events_file is not None:
            from flowlang.intake.events import read_events

            data = storing.content(self.events_file)
            known = schemas.event_schema(program)
            self.events = read_events(data, known, zone, name=self.events_name)
            self.arrivals = self.events.arrivals
            for problem in self.events.problems:
                self._problem(self.events_name, problem)
        self.codes, wrong = of_files(self.program)
        for file, problem in wrong:
            self._problem(file, problem)

    def run(
        self, start: str | None, until: str | None, seed: int | None, timeline: Path | None
    ) -> dict[str, Any]:
        """Simulate, and count."""
        from flowlang.engine import retelling
        from flowlang.engine.simulate import Simulation, with_seed
        from flowlang.figures.files import InputFiles
        from flowlang.forecast.days import Forecast
        from flowlang.intake.problem import Problem

        begins = self._moment("--from", start) or self._first_moment()
        ends = self._moment("--until", until)
        if ends is not None and ends < begins:
            raise click.UsageError(tr("--until lies before the start"))
        with _recorder(timeline) as record:
            program = with_seed(self.program, seed)
            files = InputFiles(self.root, program)
            kind = Forecast if self.looks_daily else Simulation
            simulation = kind(program, begins, ends, record, files)
            with terminal.progress("events", len(self.arrivals)) as progress:
                simulation.run(self.contacts.rows, self.codes, self.arrivals, progress)
        for line, reason in simulation.refused:
            told = Problem("error", line, None, "", retelling.refusal(reason))
            self._problem(self.events_name, told)
        for file, problem in simulation.world.misread:
            self._problem(file, problem)
        if self.events is not None:
            self.events = self.events.without(line for line, _ in simulation.refused)
        if simulation.after:
            after = tr_n(
                "{count:,} event after the end did not happen",
                "{count:,} events after the end did not happen", simulation.after,
            )  # fmt: skip
            self.told.append(after)
        if isinstance(simulation, Forecast):
            self.days = simulation.finish()
        return simulation.counts()

    def tell_problems(self, output_format: str) -> None:
        """What a person should know besides the counts, on stderr."""
        lines = list(self.told)
        if output_format == "text":
            for file in (self.contacts, self.events):
                if file is not None:
                    terminal.talk(file.headline)
            lines += self.wrong
        terminal.talk_first(lines)

    def _problem(self, file: str, problem: Problem) -> None:
        if problem.severity == "error":
            said = f"{problem.column_name}: " if problem.column_name else ""
            fate = " (row left out)" if problem.left_out else ""
            message = f"{said}{problem.message}{fate}"
            self.errors.append({"file": file, "line": problem.line, "message": message})
            self.wrong.append(terminal.printable(problem.told(file)))
        else:
            self.told.append(terminal.printable(problem.told(file)))

    def _moment(self, option: str, given: str | None) -> datetime | None:
        from flowlang.calendar import CLOCK_YEARS, OFF_THE_CLOCK
        from flowlang.kinds import DATETIME, BadValue, read

        if given is None:
            return None
        try:
            found = read(given, DATETIME, self.program.config.timezone)
        except BadValue as bad:
            raise click.BadParameter(speech.why(bad), param_hint=option) from None
        if not isinstance(found, datetime):
            raise click.BadParameter(tr("a date and time is missing"), param_hint=option)
        if found.year not in CLOCK_YEARS:
            raise click.BadParameter(
                tr("{why}: {given}", why=OFF_THE_CLOCK, given=given), param_hint=option
            )
        return found

    def _first_moment(self) -> datetime:
        from flowlang import calendar

        if self.arrivals:
            return min([arrival.at for arrival in self.arrivals])
        zone = self.program.config.timezone
        return calendar.instant(datetime.now(zone).date(), time(0), zone)


@contextmanager
def _recorder(path: Path | None) -> Iterator[Callable[[Entry], None] | None]:
    """What writes each entry of the history to a file, None where no file is named."""
    if path is None:
        yield None
        return
    with files.replacing(path) as stream:
        yield _writer(stream)


def _writer(stream: TextIO) -> Callable[[Entry], None]:
    encode = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode
    write = stream.write

    def record(entry: Entry) -> None:
        write(encode(entry.data()) + "\n")

    return record
