"""What the page says beside the words of the files, in each language."""

from __future__ import annotations

from dataclasses import dataclass

from flowlang.calendar import Duration


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; `{…}` in them is filled in."""

    language: str
    subtitle: str
    contents: str
    campaigns: str
    messages: str
    sending: str
    automations: str
    events: str
    coupons: str
    audiences: str
    policies: str
    calendars: str
    tests: str
    message: str
    kind: str
    channel: str
    subject: str
    sent_by: str
    campaign: str
    step: str
    when: str
    name: str
    definition: str
    used_by: str
    file: str
    nothing: str
    marketing: str
    service: str
    in_language: str
    otherwise: str
    stand_ins: str
    not_counted: str
    group: str
    segment: str
    by_automation: str
    by_hand: str
    starts: str
    started_by_others: str
    goals: str
    endings: str
    sends: str
    no_sends: str
    policy: str
    once: str
    again: str
    joined_or: str
    at_once: str
    after_start: str
    right_after: str
    after: str
    up_to: str
    from_to: str
    at_least: str
    any_time: str
    any_time_after_start: str
    repeated: str
    no_table: str
    line: str
    and_others: str
    units: tuple[tuple[str, str], ...]
    """Years, months, weeks, days, hours, minutes, seconds: one, many."""

    def length(self, duration: Duration) -> str:
        """A length of time in the largest units that fit."""
        months, days, seconds = duration.months, duration.days, duration.seconds
        amounts = (
            months // 12, months % 12, days // 7, days % 7,
            seconds // 3600, seconds % 3600 // 60, seconds % 60,
        )  # fmt: skip
        said = [
            f"{amount} {one if amount == 1 else many}"
            for amount, (one, many) in zip(amounts, self.units, strict=True)
            if amount
        ]
        return " ".join(said) or f"0 {self.units[5][1]}"


WORDS = {
    "en": Words(
        language="en",
        subtitle="What is sent to whom, when, and why",
        contents="Contents",
        campaigns="Campaigns",
        messages="Messages",
        sending="Who sends what when",
        automations="Automations",
        events="Events made by a schedule",
        coupons="Coupon lists",
        audiences="Groups and segments",
        policies="Policies",
        calendars="Calendars",
        tests="Tests",
        message="Message",
        kind="Kind",
        channel="Channel",
        subject="Subject",
        sent_by="Sent by",
        campaign="Campaign",
        step="Step",
        when="When",
        name="Name",
        definition="What the file says",
        used_by="Used by",
        file="File",
        nothing="none",
        marketing="marketing, with consent",
        service="service",
        in_language="in “{language}”",
        otherwise="in every other language",
        stand_ins="Previews show stand-ins: ‹name› for a text, and made-up codes, dates and"
        " numbers.",
        not_counted="Time windows of policies and halted sends come on top.",
        group="group",
        segment="segment",
        by_automation="automation",
        by_hand="run by hand",
        starts="A contact starts {}.",
        started_by_others="It is started by another campaign.",
        goals="The goal is {}.",
        endings="At any time: {}.",
        sends="It sends {}.",
        no_sends="It sends no message.",
        policy="Sends keep to {}.",
        once="Each contact goes through it once, and again only after a restart.",
        again="Runs: {}.",
        joined_or="or",
        at_once="right at the start",
        after_start="{} after the start",
        right_after="right after {}",
        after="{} after {}",
        up_to="up to {}",
        from_to="{} to {}",
        at_least="at least {}",
        any_time="any time after {}",
        any_time_after_start="any time after the start",
        repeated="may be repeated",
        no_table="There are none.",
        line="line {}",
        and_others="and {} more",
        units=(
            ("year", "years"), ("month", "months"), ("week", "weeks"), ("day", "days"),
            ("hour", "hours"), ("minute", "minutes"), ("second", "seconds"),
        ),
    ),
    "de": Words(
        language="de",
        subtitle="Was wem wann und warum gesendet wird",
        contents="Inhalt",
        campaigns="Kampagnen",
        messages="Nachrichten",
        sending="Wer sendet was wann",
        automations="Automationen",
        events="Ereignisse nach Zeitplan",
        coupons="Gutscheinlisten",
        audiences="Gruppen und Segmente",
        policies="Regeln",
        calendars="Kalender",
        tests="Tests",
        message="Nachricht",
        kind="Art",
        channel="Kanal",
        subject="Betreff",
        sent_by="Gesendet von",
        campaign="Kampagne",
        step="Schritt",
        when="Wann",
        name="Name",
        definition="Was in der Datei steht",
        used_by="Verwendet von",
        file="Datei",
        nothing="keine",
        marketing="Werbung, mit Einwilligung",
        service="Service",
        in_language="auf „{language}“",
        otherwise="in jeder anderen Sprache",
        stand_ins="Vorschauen zeigen Platzhalter: ‹name› für einen Text, dazu erfundene Codes,"
        " Tage und Zahlen.",
        not_counted="Zeitfenster von Regeln und angehaltene Sendungen kommen hinzu.",
        group="Gruppe",
        segment="Segment",
        by_automation="Automation",
        by_hand="von Hand",
        starts="Ein Kontakt startet: {}.",
        started_by_others="Eine andere Kampagne startet sie.",
        goals="Das Ziel ist {}.",
        endings="Jederzeit: {}.",
        sends="Gesendet wird {}.",
        no_sends="Es wird keine Nachricht gesendet.",
        policy="Für Sendungen gilt {}.",
        once="Jeder Kontakt durchläuft sie einmal, erneut nur nach einem Neustart.",
        again="Durchläufe: {}.",
        joined_or="oder",
        at_once="gleich zum Start",
        after_start="{} nach dem Start",
        right_after="gleich nach {}",
        after="{} nach {}",
        up_to="bis zu {}",
        from_to="{} bis {}",
        at_least="frühestens {}",
        any_time="irgendwann nach {}",
        any_time_after_start="irgendwann nach dem Start",
        repeated="kann sich wiederholen",
        no_table="Es gibt keine.",
        line="Zeile {}",
        and_others="und {} weitere",
        units=(
            ("Jahr", "Jahre"), ("Monat", "Monate"), ("Woche", "Wochen"), ("Tag", "Tage"),
            ("Stunde", "Stunden"), ("Minute", "Minuten"), ("Sekunde", "Sekunden"),
        ),
    ),
}  # fmt: skip


def words(language: str) -> Words:
    """Those of a language; English where there are none."""
    return WORDS.get(language, WORDS["en"])
