"""figure.md: the rule count@1 for one person. Verdicts: out 0, unknown 1, in 2; "and" is min, "or" is max."""
import calendar, re
from urllib.parse import unquote
RUNGS = ("harms", "child_flag", "child_age", "age_band", "sex")
def known(s): return [] if s == "?" else re.findall(r"60\+$|[^+]+", s)
def among(s, wanted):
    some = set(known(s)) & set(wanted)
    return 1 if not known(s) or some and len(known(s)) > 1 else 2 if some else 0
def days(s):
    y, m, d = (s.split("-") + ["", ""])[:3]
    return f"{y}-{m or '01'}-{d or '01'}", f"{y}-{m or '12'}-{d or calendar.monthrange(int(y), int(m or 12))[1]:02}"
def month_in(month, period):
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month): return 1
    a, b = (period.split("/") * 2)[:2]; first, last = days(month)
    lo, hi = "0000" if a == ".." else days(a)[0], "9999-12-31" if b == ".." else days(b)[1]
    return 2 if lo <= first and last <= hi else 0 if last < lo or first > hi else 1
def code_in(d, code): return 2 if not d.get("harms") or code in d["harms"] else 1 if code in ("", "?", "unresolved") else 0
def uses(d, p={}):
    child = p.get("child"); flags = (any(k in d for k in ("harms", "period", "district")), child in ("flag", "either"), child in ("age", "either"),
                                     p.get("age_band"), p.get("sex"))
    return [r for r, used in zip(RUNGS, flags) if used]
def decide(d, parts, r):
    figure = 2 if not uses(d) else 0
    for h in r.get("harms", "").split(";") if r.get("harms") else []:
        code, month, place = map(unquote, h.split(","))
        figure = max(figure, min(code_in(d, code), month_in(month, d["period"]) if "period" in d else 2,
                                 (1 if place in ("", "?") else 2 * (place in d["district"])) if "district" in d else 2))
    out, flag, age = [figure], r.get("child_flag", "?"), r.get("child_age", "?")
    for p in parts:
        a, b, yes = among(flag, ["yes"]), among(age, ["yes"]), "yes" in known(flag) + known(age)
        child = {"flag": a, "age": b, "either": 2 if 2 in (a, b) else 0 if 0 in (a, b) and not yes else 1}.get(p.get("child"), 2)
        out.append(min([figure, child] + [among(r.get(k, "?"), p[k]) for k in ("sex", "age_band") if k in p]))
    return out
