"""What schemathesis is told of the world (world.rs), so that its requests get beyond "not there":
most of them name real things and carry what the address is about, the others stay as generated.
What is chosen depends on the request alone, so that a failure can be made again.
"""

import atexit
import json
import os
import zlib
from collections import Counter

import schemathesis
from hypothesis import strategies

# What the document calls a day; without this any text would stand for one.
schemathesis.openapi.format("naive-date", strategies.dates().map(str))

with open(os.environ["RESPITE_WORLD"], encoding="utf-8") as file:
    WORLD = json.load(file)

# After these the sign-in, or the account, is of no use: each is asked as somebody who may be lost.
ENDING = {
    "DELETE /api/v1/sign-ins",
    "DELETE /api/v1/sign-ins/current",
    "POST /api/v1/me/erasure",
    "PUT /api/v1/me/password",
    "POST /api/v1/me/recovered-vault",
    "POST /api/v1/me/recovery-code",
}
INSTRUMENTS = ["cbi", "burnout1", "psi", "hseit"]
# The ends of the calendar, and days that are not in every year.
ODD_DAYS = ["0001-01-01", "1969-12-31", "2024-02-29", "2026-02-29", "2262-04-12", "9999-12-31"]
SCOPES = ["read-units", "read-waves", "read-people", "read-audit"]
ROLES = ["worker", "supervisor", "hr", "facilitator", "peer-supporter", "administrator", "network"]

answers = Counter()


class Chance:
    """Choices that follow from the request."""

    def __init__(self, *seed):
        self.seed = json.dumps(seed, default=str, sort_keys=True)
        self.drawn = 0

    def number(self, below):
        self.drawn += 1
        return zlib.crc32(f"{self.drawn} {self.seed}".encode("utf-8", "replace")) % below

    def one(self, choices):
        return choices[self.number(len(choices))] if choices else None

    def percent(self, percent):
        return self.number(100) < percent


if WORLD["token"]:

    @schemathesis.auth(refresh_interval=None)
    class SignIn:
        """Shows the token of the role, or that of somebody who may be lost."""

        def get(self, case, ctx):
            operation = case.operation.label
            if operation not in ENDING:
                return WORLD["token"]
            return Chance(operation, repr(case.body)).one(WORLD["to_lose"])["token"]

        def set(self, case, token, ctx):
            case.headers = case.headers or {}
            case.headers["Authorization"] = f"Bearer {token}"


def person(operation, chance):
    people = list(WORLD["people"]) + [invited["id"] for invited in WORLD["invited"]]
    # Whoever asks may look at herself; to lose her own account would end the run.
    return chance.one(people + [WORLD["actor"]] * (4 if operation.startswith("GET") else 0))


def in_the_address(operation, name, chance):
    if name == "id" and "/people/" in operation:
        return person(operation, chance)
    if name == "id" and "/access-tokens/" in operation:
        return chance.one(WORLD["access_tokens"])
    pools = {
        "id": WORLD["units"],
        "unit": WORLD["units"],
        "wave": WORLD["waves"],
        "plan": WORLD["plans"],
        "instrument": ["cbi", "cbi", *INSTRUMENTS],
        "role": ROLES,
        "language": ["en", "ru", "kk", "xx"],
        "state": ["invited", "active"],
        "search": ["mate", "Name", "ä", "%"],
        "limit": [1, 2, 200],
        "after": [0, 1, 5],
        "apply": ["true", "false"],
    }
    return chance.one(pools.get(name, []))


def sheet(chance):
    answers = dict(WORLD["sheet"])
    for item in list(answers):
        answers[item] = chance.one([0, 25, 50, 75, 100])
        if chance.percent(5):
            del answers[item]
    return answers


def in_the_body(operation, chance):
    """The fields that the address is about, with values that make sense together."""
    invited, lost = chance.one(WORLD["invited"]), chance.one(WORLD["to_lose"])
    number = chance.number(1_000_000)
    days = [f"2026-{month:02}-{day:02}" for month in (4, 5, 12) for day in (1, 28)]
    if chance.percent(20):
        days = ODD_DAYS
    fields = {
        "name": f"Name {number}",
        "password": WORLD["password"],
        "old_password": WORLD["password"],
        "organisation": WORLD["organisation"],
        "unit": chance.one(WORLD["units"]),
        "units": [chance.one(WORLD["units"])],
        "parent": chance.one(WORLD["units"][:2]),
        "successor_of": chance.one(WORLD["units"]),
        "sign_in": lost["sign_in"],
        "code": "123456",
        "recovery_code": lost["recovery_code"],
        "language": "en",
        "languages": chance.one([["en"], ["en", "ru"]]),
        "instrument": chance.one(INSTRUMENTS),
        "form": chance.one(["full", "short"]),
        "every_months": chance.one([1, 3, 6]),
        "window_days": chance.one([3, 7, 14]),
        "first_day": chance.one(days),
        "from": chance.one(days[:3]),
        "until": chance.one(days[3:]),
        "closes_at": f"{chance.one(days)}T05:00:00Z",
        "days": 1 + chance.number(30),
        "reason": "A lost telephone",
        "scopes": SCOPES[: 1 + chance.number(4)],
        "hash": WORLD["consent"],
        "answers": sheet(chance),
        "late": True,
        "country": chance.one(["KZ", "UZ"]),
        "zone": chance.one(["Asia/Almaty", "Europe/Berlin"]),
        "notification_hour": chance.number(24),
        "threshold": 5 + chance.number(5),
        # On, it shuts out everyone with power: no role would get further than that.
        "second_factor_required": False,
        "words": {"en": {}},
    }
    if operation.endswith("/activations"):
        fields |= {"sign_in": invited["sign_in"], "code": invited["code"]}
    if operation == "POST /api/v1/people":
        fields["sign_in"] = f"new{number}"
    return fields


def people_csv(chance):
    lines = ["name,sign_in,unit,language"]
    for number in range(chance.number(4)):
        unit = chance.one(WORLD["units"])
        lines.append(f"Imported {number},i{chance.number(1_000_000)},{unit},en")
    return ("\n".join(lines) + "\n").encode()


@schemathesis.hook
def before_call(ctx, case, kwargs):
    operation = case.operation.label
    phase = case.meta.phase.name if case.meta else None
    chance = Chance(operation, case.path_parameters, case.query, repr(case.body))
    if isinstance(case.body, dict) and case.body.get("second_factor_required"):
        case.body["second_factor_required"] = False
    # Sequences carry ids from one answer to the next request; a quarter stays as it came.
    if chance.percent(25):
        return
    if phase != "stateful":
        for name in list(case.path_parameters or {}):
            if chance.percent(90):
                case.path_parameters[name] = in_the_address(operation, name, chance)
    for name in list(case.query or {}):
        known = in_the_address(operation, name, chance)
        if known is not None and chance.percent(60):
            case.query[name] = known
    if isinstance(case.body, dict):
        for name, value in in_the_body(operation, chance).items():
            if name in case.body and chance.percent(90):
                case.body[name] = value
        if chance.percent(50):
            for name in [name for name in case.body if name not in in_the_body(operation, chance)]:
                if name not in ("kind", "reach", "keep", "lost", "shared_device", "proposal"):
                    del case.body[name]
    elif operation.endswith("/people/import") and chance.percent(60):
        case.body = people_csv(chance)


@schemathesis.hook
def after_call(ctx, case, response):
    answers[(case.operation.label, response.status_code)] += 1


@atexit.register
def tell():
    with open(os.environ["RESPITE_ANSWERS"], "w", encoding="utf-8") as file:
        json.dump([[*key, many] for key, many in sorted(answers.items())], file)
