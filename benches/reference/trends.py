#!/usr/bin/env python3
"""The trend method in numpy: a second implementation, to check the first one and to time it against.

Written from the method's description (docs/trends.md, labels A1 to A15), not from the Rust source;
it works on whole arrays of units, waves and templates at once.

    trends.py --input series.json          the result, as `respite trends` prints it
    trends.py --check trend_cases.json     every worked case; exit code 1 if one is off
    trends.py --time series.json           processor seconds of the whole result, as JSON
"""

import argparse
import json
import math
import sys
import time

import numpy as np

LEVELS = ["quiet", "watch", "elevated", "high"]
CADENCES = {
    "quarterly": dict(window=8, phi=0.5, r=0.92, year=4, p=[1.0, 0.14, 0.028, 0.0055]),
    "monthly": dict(window=12, phi=0.5 ** (1 / 3), r=0.92 ** (1 / 3), year=12,
                    p=[1.0, 0.055, 0.013, 0.0028]),
}
A = 0.85


def upper_tail(x):
    return 0.5 * math.erfc(x / math.sqrt(2))


def chance(z, c):
    """A6."""
    factor = max(0.0, min(0.27 * (c - 2), 0.13 * c + 0.48))
    return min(1.0, upper_tail(z) + factor * math.exp(-z * z / 2) / math.sqrt(2 * math.pi))


def simes(ps):
    """A12."""
    ps = np.sort(np.asarray(ps, float))
    return float(min(1.0, np.min(len(ps) * ps / np.arange(1, len(ps) + 1))))


def benjamini_hochberg(ps, q):
    ps = np.asarray(ps, float)
    order = np.sort(ps)
    passed = np.nonzero(order <= q * np.arange(1, len(ps) + 1) / len(ps))[0]
    return ps <= order[passed[-1]] if len(passed) else np.zeros(len(ps), bool)


def highest(p, thresholds, times=1.0):
    """The highest level whose threshold, so many times, p does not exceed."""
    return max(level for level in range(4) if level == 0 or p <= times * thresholds[level])


class Memory:
    """A10. status None: never a row, or two waves without one."""

    def __init__(self):
        self.status, self.below, self.gaps = None, 0, 0

    def gap(self):
        self.gaps += 1
        if self.gaps >= 2:
            self.status, self.below = None, 0

    def row(self, p, up, thresholds):
        self.gaps = 0
        s = self.status or 0
        if p is not None:
            keep = highest(p, thresholds, 3.0)
            self.below = self.below + 1 if keep < s else 0
            new = up if up > s else max(keep, up) if self.below >= 2 else s
            if new != s:
                self.below = 0
            s = new
        self.status = s


class Scale:
    """Arrays over (unit, wave), with NaN where there is no row. The last line is the organisation."""

    def __init__(self, spec, data):
        self.id = spec["id"]
        self.alpha = 0.85 if spec.get("alpha") is None else spec["alpha"]
        self.cut = spec.get("cut")
        mirror = spec["direction"] == "higher_is_better"
        if mirror and self.cut is not None:
            self.cut = 100 - self.cut
        waves, units = data["waves"], data["units"]
        shape = (len(units) + 1, waves)
        self.n, self.asked, self.y, self.m = (np.full(shape, np.nan) for _ in range(4))
        rows = [unit["rows"] for unit in units] + [data["organisation"]["rows"]]
        for k, unit_rows in enumerate(rows):
            for row in unit_rows:
                if row["scale"] == self.id:
                    i = row["wave"] - 1
                    self.n[k, i], self.asked[k, i] = row["answered"], row["asked"]
                    self.y[k, i] = 100 - row["mean"] if mirror else row["mean"]
                    if row.get("stayed") is not None:
                        self.m[k, i] = row["stayed"]
        before = np.isnan(self.n[:, :-1]) | np.isnan(self.n[:, 1:])
        self.m[:, 0] = np.nan
        self.m[:, 1:][before] = np.nan
        self.s2, self.s2_df = np.zeros(waves), np.zeros(waves)
        for line in data["organisation"]["spread"]:
            known = line.get("s2") is not None and line.get("s2_df") is not None
            if line["scale"] == self.id and known:
                self.s2[line["wave"] - 1], self.s2_df[line["wave"] - 1] = line["s2"], line["s2_df"]


def plug_ins(scale, t, cadence):
    """A2, from columns 0..t-1."""
    df = scale.s2_df[:t].sum()
    s2 = ((scale.s2[:t] * scale.s2_df[:t]).sum() + 30 * 289) / (df + 30)
    n, y, m = scale.n[:-1, :t], scale.y[:-1, :t], scale.m[:-1, :t]
    there = ~np.isnan(n)
    total = np.nansum(n)
    mean = np.nansum(n * y) / total if total > 0 else 50.0

    k = there.sum(axis=0)
    use = k >= 2
    tau2 = 20.25
    if use.any():
        ku = k[use]
        yu = np.where(there, y, 0.0)[:, use]
        centre = yu.sum(axis=0) / ku
        b = (np.where(there[:, use], yu - centre, 0.0) ** 2).sum(axis=0) / (ku - 1)
        v = np.where(there, 1 / np.where(there, n, 1.0), 0.0)[:, use].sum(axis=0) / ku
        e = ((ku - 1) * (b - s2 * v)).sum() / (ku - 1).sum()
        kb = (ku - 1).mean()
        tau2 = max(1.0, (8 * 20.25 + kb * e) / (8 + kb))

    sw, sb = s2 / 4, 3 * s2 / 4
    weights = weighted = 0.0
    if t > 1:
        known = there[:, 1:] & there[:, :-1] & ~np.isnan(m[:, 1:])
        a, b = np.where(known, n[:, 1:], 1.0), np.where(known, n[:, :-1], 1.0)
        d = np.where(known, y[:, 1:] - y[:, :-1], 0.0)
        people = 1 / a + 1 / b
        v = sb * np.maximum(0.0, people - 2 * np.where(known, m[:, 1:], 0.0) / (a * b))
        v = np.where(known, v + sw * people + 1 / 6, 0.0)
        pairs = known.sum(axis=0)
        good = pairs >= 3
        p = np.where(good, pairs, 3)
        centre = d.sum(axis=0) / p
        c = 2 * (1 - cadence["phi"]) * (1 - 1 / p)
        vs = (1 - 2 / p) * v + v.sum(axis=0) / p**2
        e2 = np.minimum((d - centre) ** 2, 6.25 * (vs + 4 * c))
        f = (e2 / 0.945 - vs) / c
        g = (4 * c / (vs + 4 * c)) ** 2
        used = known & good
        weights, weighted = g[used].sum(), (g * f)[used].sum()
    q2 = min(16.0, max(1.0, (20 + weighted) / (5 + weights)))
    return dict(S2=s2, M=mean, tau2=tau2, q2=q2)


def sigmas(n, m, known, cadence):
    """A4: Sigma of every unit over the window, (unit, i, j); nought where a row is missing."""
    units, width = n.shape
    there = ~np.isnan(n)
    nn = np.where(there, n, 1.0)
    sw, sb, r = known["S2"] / 4, 3 * known["S2"] / 4, cadence["r"]
    g = np.full((units, width), r)
    share = np.minimum(1.0, m[:, 1:] / (A * np.sqrt(nn[:, 1:] * nn[:, :-1])))
    g[:, 1:] = np.where(np.isnan(m[:, 1:]), r, np.sqrt(r * np.where(np.isnan(share), 1, share)))
    index = np.arange(width)
    overlap = np.ones((units, width, width))
    for j in range(1, width):
        overlap[:, :j, j] = overlap[:, :j, j - 1] * g[:, j, None]
        overlap[:, j, :j] = overlap[:, :j, j]
    root = np.sqrt(nn)
    c = sb * A * overlap / (root[:, :, None] * root[:, None, :])
    c[:, index, index] = sb / nn
    lag = np.abs(index[:, None] - index[None, :])
    sigma = known["tau2"] + known["q2"] * cadence["phi"] ** lag + c
    sigma[:, index, index] += sw / nn + 1 / 12
    return sigma * (there[:, :, None] & there[:, None, :])


def templates(waves):
    """A5: names and vectors of all steps, then all ramps, over the kept wave numbers."""
    t = waves[-1]
    steps = [(w, "step", (waves >= w).astype(float)) for w in waves[1:]]
    ramps = [(w, "gradual", np.where(waves >= w, (waves - w + 1) / (t - w + 1), 0.0))
             for w in waves[1:-1]]
    return steps + ramps


def scan(data, v, waves, form):
    if len(waves) < 2:
        return None
    shapes = templates(waves)
    h = np.stack([shape[2] for shape in shapes], axis=1)
    white = np.linalg.solve(np.linalg.cholesky(v), np.column_stack([data, h]))
    e, b = white[:, 0], white[:, 1:]
    information = (b * b).sum(axis=0)
    product = b.T @ e
    z = product / np.sqrt(information)
    best = int(np.argmax(z))
    size, se = product[best] / information[best], 1 / math.sqrt(information[best])
    shown = size * 36 / (36 + se * se)
    half = 1.2816 * 6 * se / math.sqrt(36 + se * se)
    return {"form": form, "rows": len(waves), "Z": z[best], "since_wave": int(shapes[best][0]),
            "shape": shapes[best][1], "size": size, "se": se, "shown_size": shown,
            "interval": [shown - half, shown + half], "p": chance(z[best], len(waves))}


def findings(scale, t, known, cadence):
    """A3 to A5 for every unit at wave t, and for the organisation (A7)."""
    first = max(1, t - cadence["window"] + 1)
    columns = slice(first - 1, t)
    waves = np.arange(first, t + 1)
    n, y, m = (array[:-1, columns] for array in (scale.n, scale.y, scale.m))
    there = ~np.isnan(n)
    units = len(n)
    lag = np.abs(waves[:, None] - waves[None, :])
    yearly = 16 * np.cos(2 * np.pi * lag / cadence["year"])
    found = [None] * units
    if units:
        sigma = sigmas(n, m, known, cadence)
        nn = np.where(there, n, 0.0)
        yy = np.where(there, y, 0.0)
        weighted = nn[:, :, None] * nn[:, None, :] * sigma
        others = nn.sum(axis=0) - nn
        points = (nn * yy).sum(axis=0) - nn * yy
        beside = there.sum(axis=0) - there
        rest = weighted.sum(axis=0) - weighted
        for k in np.nonzero(there[:, -1])[0]:
            if beside[k, -1] >= 3:
                kept = there[k] & (beside[k] > 0)
                o = others[k, kept]
                v = sigma[k][np.ix_(kept, kept)] + rest[k][np.ix_(kept, kept)] / np.outer(o, o)
                found[k] = scan(y[k, kept] - points[k, kept] / o, v, waves[kept], "relative")
            else:
                kept = there[k]
                v = (sigma[k] + yearly)[np.ix_(kept, kept)]
                found[k] = scan(y[k, kept] - known["M"], v, waves[kept], "absolute")
    own = None
    n, y, m = (array[-1:, columns] for array in (scale.n, scale.y, scale.m))
    kept = ~np.isnan(n[0])
    if kept[-1]:
        v = (sigmas(n, m, dict(known, tau2=225.0, q2=4.0), cadence)[0] + yearly)
        own = scan(y[0, kept] - known["M"], v[np.ix_(kept, kept)], waves[kept], "absolute")
    return found, own


def severity(p, leading, wide, narrow, thresholds):
    """A9: the level of p with the conditions on size and on the other units."""
    level = highest(p, thresholds)
    elevated = level >= 2 and leading["shown_size"] >= 3 and wide
    if elevated and level == 3 and leading["shown_size"] >= 5 and narrow and leading["rows"] > 2:
        return 3
    return 2 if elevated else min(level, 1)


def level_rule(y, n, asked, cut, alpha, known):
    """A8."""
    b0 = known["tau2"] + alpha * known["S2"] / asked
    v = (alpha * known["S2"] / n * (1 - n / asked) + (1 - alpha) * known["S2"] / n + 1 / 12)
    b = b0 / (b0 + v)
    mean, sd = known["M"] + b * (y - known["M"]), math.sqrt(b * v)
    p = upper_tail((cut - mean) / sd)
    return {"mean": mean, "sd": sd, "P": p,
            "status": LEVELS[int(p >= 0.5) + int(p >= 0.8) + int(p >= 0.95)]}


def word(status):
    return None if status is None else LEVELS[status]


def judge(data):
    cadence = CADENCES[data["cadence"]]
    thresholds = cadence["p"]
    scales = [Scale(spec, data) for spec in data["scales"]]
    units = data["units"]
    memories = [Memory() for _ in units]
    own_memories = [Memory() for _ in scales]
    for t in range(1, data["waves"] + 1):
        known = [plug_ins(scale, t, cadence) for scale in scales]
        both = [findings(scale, t, k, cadence) for scale, k in zip(scales, known)]
        for scale, memory, (_, own) in zip(scales, own_memories, both):
            if np.isnan(scale.n[-1, t - 1]):
                memory.gap()
            elif own is None:
                memory.row(None, None, thresholds)
            else:
                up = severity(own["p"], own, True, True, thresholds)
                memory.row(own["p"], up, thresholds)
        ps, leading = [None] * len(units), [None] * len(units)
        for k in range(len(units)):
            found = [(one["p"], s) for s, (all_units, _) in enumerate(both)
                     if (one := all_units[k]) is not None]
            if found:
                ps[k] = simes([p for p, _ in found])
                leading[k] = min(found)[1]
        judged = [k for k, p in enumerate(ps) if p is not None]
        wide = dict(zip(judged, benjamini_hochberg([ps[k] for k in judged], 0.20)))
        narrow = dict(zip(judged, benjamini_hochberg([ps[k] for k in judged], 0.10)))
        for k, memory in enumerate(memories):
            if all(np.isnan(scale.n[k, t - 1]) for scale in scales):
                memory.gap()
            elif ps[k] is None:
                memory.row(None, None, thresholds)
            else:
                best = both[leading[k]][0][k]
                memory.row(ps[k], severity(ps[k], best, wide[k], narrow[k], thresholds),
                           thresholds)
    return result(data, scales, known, both, (ps, leading), (memories, own_memories), thresholds)


def result(data, scales, known, both, ps_leading, memories, thresholds):
    t = data["waves"]
    ps, leading = ps_leading
    out = {"wave": t, "plug_ins": [{"scale": scale.id, **k} for scale, k in zip(scales, known)],
           "organisation": [], "units": []}
    for scale, memory, (_, own) in zip(scales, memories[1], both):
        out["organisation"].append({
            "scale": scale.id, "published": bool(~np.isnan(scale.n[-1, t - 1])), **(own or {}),
            "status": word(memory.status)})
    for k, (unit, memory) in enumerate(zip(data["units"], memories[0])):
        lines, worst = [], None
        for scale, plugs, (found, _) in zip(scales, known, both):
            n, asked, y = (a[k, t - 1] for a in (scale.n, scale.asked, scale.y))
            published = bool(~np.isnan(n))
            line = {"scale": scale.id, "published": published, **(found[k] or {})}
            if found[k] is not None:
                line["status"] = word(min(memory.status, highest(found[k]["p"], thresholds, 3.0)))
            if published and scale.cut is not None:
                line["level"] = level_rule(y, n, asked, scale.cut, scale.alpha, plugs)
                rank = LEVELS.index(line["level"]["status"])
                worst = rank if worst is None else max(worst, rank)
            lines.append(line)
        ranks = [rank for rank in (memory.status, worst) if rank is not None]
        status = max(ranks) if ranks else None
        if len(ranks) == 2 and min(ranks) >= 2:
            status = 3
        out["units"].append({
            "unit": unit["id"], "published": any(line["published"] for line in lines),
            "p": ps[k], "leading_scale": None if leading[k] is None else scales[leading[k]].id,
            "change_status": word(memory.status), "level_status": word(worst),
            "status": word(status), "scales": lines})
    return out


def rule(kind, given):
    """One rule alone, as the cases of that kind have it."""
    if kind == "trends":
        return judge(given)
    if kind == "p_scan":
        return {"p": [chance(z, c) for z, c in zip(given["Z"], given["rows"])]}
    if kind == "level":
        got = level_rule(given["mean"], given["answered"], given["asked"], given["cut"],
                         given["alpha"], given)
        return {name: got[name] for name in ("P", "mean", "sd")}
    if kind == "benjamini_hochberg":
        return {"reject": [bool(x) for x in benjamini_hochberg(given["p"], given["q"])]}
    if kind == "simes":
        return {"p": simes(given["p"])}
    thresholds = CADENCES[given["cadence"]]["p"]
    memory, seen = Memory(), []
    for p in given["p"]:
        if p is None:
            memory.gap()
        else:
            memory.row(p, highest(p, thresholds), thresholds)
        seen.append(word(memory.status))
    return {"status": seen}


def differences(found, expected, tolerance, at=""):
    if isinstance(expected, dict) and isinstance(found, dict):
        if set(found) != set(expected):
            yield f"{at}: {sorted(found)}, not {sorted(expected)}"
            return
        for name in expected:
            yield from differences(found[name], expected[name], tolerance, f"{at}.{name}")
    elif isinstance(expected, list) and isinstance(found, list):
        if len(found) != len(expected):
            yield f"{at}: {len(found)} items, not {len(expected)}"
        for number, pair in enumerate(zip(found, expected)):
            yield from differences(*pair, tolerance, f"{at}[{number}]")
    elif isinstance(expected, (int, float)) and not isinstance(expected, bool):
        if not abs(found - expected) <= tolerance * max(1, abs(expected)):
            yield f"{at}: {found}, not {expected}"
    elif found != expected:
        yield f"{at}: {found}, not {expected}"


def check(path):
    with open(path, encoding="utf-8") as file:
        cases = json.load(file)["cases"]
    off = 0
    for case in cases:
        found = list(differences(rule(case["kind"], case["input"]), case["expected"], case["tol"]))
        for line in found:
            print(f"{case['name']}{line}", file=sys.stderr)
        off += bool(found)
    print(f"{len(cases) - off} of {len(cases)} cases agree")
    return 1 if off else 0


def timed(path, repeats):
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    judge(data)
    times = []
    for _ in range(repeats):
        began = time.process_time()
        judge(data)
        times.append(time.process_time() - began)
    return {"seconds": sorted(times)[len(times) // 2], "repeats": repeats}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--input", metavar="FILE")
    what.add_argument("--check", metavar="FILE")
    what.add_argument("--time", metavar="FILE")
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    if args.check:
        sys.exit(check(args.check))
    if args.time:
        print(json.dumps(timed(args.time, args.repeats)))
        return
    with open(args.input, encoding="utf-8") as file:
        print(json.dumps(judge(json.load(file)), default=float))


if __name__ == "__main__":
    main()
