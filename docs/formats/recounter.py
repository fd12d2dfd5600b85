#!/usr/bin/env python3
"""Checks a bundle without the program that made it, by docs/formats alone. Needs the files *.py, kinds.md and skeleton/ beside it.

recounter.py FOLDER [--vkey KEY ...] [--against FILE] [--consistency FILE]     exit: 0 all hold, 1 one is refuted, 2 undecided
recounter.py --vectors FOLDER     all vectors but object, entry contents and sealed bodies; exit 1, naming each disagreement

Not checked: zip files, limits of size, definitions and kinds beyond what a line needs of them. It trusts no key but those that you bring."""
import contextlib, json, os, re, sys
sys.dont_write_bytecode = True
import formats as f; from formats import Open, need, sha, number
from named import Named; from pages import NAMED, PUBLIC, Pages, canonical
from rule import RUNGS, decide, known, uses
BAD, CLAIMS = (ValueError, LookupError, TypeError, AttributeError), ("unchanged", "complete", "in-log", "adds-up")
class Bundle(Named, Pages):
    def __init__(self, files, vkeys, against=None, consistency=None):
        self.files, self.vkeys, self.found, self.lines = files, vkeys, {c: [] for c in CLAIMS}, [0] * 5
        self.rows = self.frozen = self.level = self.recipient = None
        with self.about("unchanged"): self.unchanged()
        with self.about("in-log"): self.log(against, consistency)
        if not self.frozen: self.find("complete", 2, "no freeze"); self.find("adds-up", 2, "no freeze"); return
        with self.about("unchanged"): self.texts(); need(self.sealed in (None, [self.frozen["dossier"], self.frozen["edition"], self.own]), "seal of another")
        self.named() if self.level == "named" else None
        with self.about("complete"):
            allowed = {f"data/counts/{i+1}.{e}" for i in range(len(self.counts)) for e in ("count", "erased")}
            need(not [n for n in files if n.startswith("data/counts/") and n not in allowed], "a count file too many")
        for i, c in enumerate(self.counts): self.count(i + 1, c)
        with self.about("adds-up"): self.page()
        with self.about("adds-up"): self.programs()
    def find(self, claim, code, what): self.found[claim].append((code, str(what)[:200]))
    @contextlib.contextmanager
    def about(self, claim, what=""):
        try: yield
        except Open as e: self.find(claim, 2, f"{what} {e}")
        except BAD as e: self.find(claim, 1, f"{what} {e}")
    def verdict(self, claim): return min(({c for c, _ in self.found[claim]} | {3})) % 3
    def exit(self): return min({self.verdict(c) or 3 for c in CLAIMS}) % 3
    def signed(self, claim, raw, role, name):
        pinned = [k for k in self.vkeys if k.split("+")[0].endswith("/seal") == (role == "seal")]
        own = ("proof/seal.vkey" if role == "seal" else "proof/log.vkey"); need(pinned or own in self.files, "no key", Open)
        keys = [k for k in pinned or [self.files[own].decode()] if k.split("+")[0] == name]
        need(f.note(raw, keys)[1], role + " not signed by the key"); need(pinned, role + ": its key came with the bundle", Open)
    def unchanged(self):
        self.sealed = None; data = {n for n in self.files if n.startswith("data/")}; tags = set(self.files) - data - {"SEAL", "tagmanifest-sha256.txt"}
        with self.about("unchanged"):
            text = f.note(self.files["SEAL"])[0].split("\n"); names = "dossier edition level recipient tagmanifest-sha256 checkpoint-origin \
checkpoint-size checkpoint-root payload-files payload-bytes tag-files".split()
            need(text[0] == "recount seal/1" and len(text) == 13 and all(t.startswith(n + " ") for n, t in zip(names, text[1:])), "seal")
            s = {n: t[len(n)+1:] for n, t in zip(names, text[1:])}; need((s["level"], s["recipient"] == "-") in (("public", True), ("named", False)))
            self.level, self.recipient = s["level"], s["recipient"]; self.sealed = [s["dossier"], s["edition"], (s["checkpoint-origin"], number(s["checkpoint-size"]), bytes.fromhex(s["checkpoint-root"]))]
            with self.about("unchanged"): self.signed("unchanged", self.files["SEAL"], "seal", s["checkpoint-origin"] + "/seal")
            need([s[k] for k in ("payload-files", "payload-bytes", "tag-files")] == [str(len(data)), str(sum(len(self.files[n]) for n in data)), str(len(tags))], "numbers")
            need(s["tagmanifest-sha256"] == sha(self.files["tagmanifest-sha256.txt"]).hex(), "tag manifest")
        with self.about("unchanged"): need(not [n for n in self.files if not (PUBLIC.fullmatch(n) or self.level == "named" and NAMED.fullmatch(n))], "a file that bundles do not have")
        need(self.files["bagit.txt"] == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
        for name, want in ("manifest-sha256.txt", data), ("tagmanifest-sha256.txt", tags):
            listed = [tuple(x.split("  ")) for x in f.lines(self.files[name])]
            need(sorted(listed) == sorted((sha(self.files[n]).hex(), n) for n in want), name)
        need(re.findall("^Payload-Oxum: (.*)$", self.files["bag-info.txt"].decode(), re.M) == [f"{sum(len(self.files[n]) for n in data)}.{len(data)}"], "oxum")
    def log(self, against, proof):
        need("proof/checkpoint" in self.files, "no checkpoint", Open); signed = self.files["proof/checkpoint"]
        self.own = f.checkpoint(f.note(signed)[0]); origin, size, root = self.own; self.entries, self.quotes, hashes = {}, [], None
        with self.about("in-log"): self.signed("in-log", signed, "checkpoint", origin)
        for name in [n[6:] for n in self.files if re.fullmatch(r"proof/[^/]+\.(opening|tlog-proof)", n)]:
            seq, end = name.rsplit(".", 1)
            with self.about("in-log", name):
                if end == "tlog-proof": need(f"proof/{seq}.opening" in self.files, "nothing opened"); continue
                o, n, kind, leaf, fields = f.opening(self.files["proof/" + name]); need(str(n) == seq, "number")
                need(f"proof/{seq}.tlog-proof" in self.files, "no proof", Open)
                header = f"recount entry/1\n{o}\n{n}\n{f.base64.b64encode(leaf).decode()}\n".encode()
                need(f.entry_proof(self.files[f"proof/{seq}.tlog-proof"], header, self.own) == ("", signed), "another checkpoint")
                self.entries[n] = kind, fields
        with self.about("in-log", "kinds.txt"):
            table = [x.split() for x in self.files["proof/kinds.txt"].decode().splitlines() if x and x[0] != "#"]
            need(all(f.KINDS.get(k, names) == names for k, *names in table), "fields of a kind")
        freezes = [n for n, (k, _) in self.entries.items() if k == "dossier.frozen@1"]
        with self.about("in-log", "freeze"):
            need(len(freezes) == 1, "not one freeze", Open); e = self.entries[freezes[0]][1]; self.counts = json.loads(e["counts"])
            need(canonical(self.counts) == e["counts"] and canonical(json.loads(e["quotes"])) == e["quotes"], "not canonical")
            for i, c in enumerate(self.counts):
                c["sheet"] = [p for p in c["definition"].get("parts", []) if p["part"] in c["parts"]]
                need(c["file"] == i+1 and [p["part"] for p in c["sheet"]] == sorted(c["parts"], key=[p["part"] for p in c["sheet"]].index))
                need(len(c["totals"]) == len(c["parts"]) + 1 and all(sum(t.values()) == c["n"] for t in c["totals"]), "totals")
            self.base = origin, number(e["base_size"]), bytes.fromhex(e["base_root"]); number(e["limit"]); self.frozen, self.seq = e, freezes[0]
            for n in ("statement.md", "statement_sha256"), ("statement.html", "page_sha256"):
                with self.about("in-log", n[0]): need(sha(self.files.get("data/" + n[0], b"")).hex() == e[n[1]], "SHA-256")
            with self.about("in-log", "base"):
                need(self.base[1] <= freezes[0]); path = f"proof/consistency-{self.base[1]}-{size}"; need(path in self.files, "no proof", Open)
                f.consistency(self.files[path], self.base, self.own)
            for q in json.loads(e["quotes"]):
                with self.about("in-log", q["citation"]):
                    need(q["seq"] in self.entries, "not opened", Open); kind, c = self.entries[q["seq"]]
                    need(kind == "citation.made@1" and c["citation"] == q["citation"], "another citation")
                    self.quotes.append({"citation": c["citation"], "seq": q["seq"], **{k: c[k] or "" for k in ("scheme", "pinpoint", "quote", "language", "attribution")}})
        if "proof/history" in self.files:
            with self.about("in-log", "history"):
                head, o, *each = f.lines(self.files["proof/history"]); each = [f.b64(h, 32) for h in each]
                need((head, o, len(each), f.over(each)) == ("recount history/1", origin, size, root), "not of this log"); hashes = each
        if against is None: return
        try: old = f.checkpoint(f.note(against)[0]); need(old[0] == origin)
        except BAD: raise Open("the checkpoint to compare with is none, or of another log")
        if old[1] == size: return need(old[2] == root, "two histories")
        if old[1] < size and hashes: return need(f.over(hashes[:old[1]]) == old[2], "the log was rewritten")
        if (ends := sorted((old, self.own), key=lambda c: c[1]))[0][1] == 0: return     # every log begins with the empty one
        proof = proof or (old[1] < size and self.files.get(f"proof/consistency-{old[1]}-{size}"))
        try: need(f.lines(proof)[:3] == ["recount consistency/1", *(str(c[1]) for c in ends)]); [f.b64(h, 32) for h in f.lines(proof)[3:]]
        except BAD: raise Open("no proof between the two: one is younger, or the log was cut short")
        f.consistency(proof, *ends)
    def count(self, i, c):
        sums, shut, path, whole = [[0] * 3 for _ in c["totals"]], 0, f"data/counts/{i}.count", False; say = lambda code, *w: self.find("adds-up", code, (path, *w))
        d, parts = c["definition"], c["sheet"]; fields = [r for r in RUNGS if any(r in uses(d, p) for p in [{}] + parts)]
        people = self.people(i) if self.level == "named" else None
        with self.about("complete", path):
            gone = []
            if path[:-5] + "erased" in self.files:
                head, o, *gone = f.lines(self.files[path[:-5] + "erased"]); need((head, o) == ("recount erased/1", self.own[0]) and gone == sorted(set(gone)))
                gone = [bytes.fromhex(g) for g in gone]
            for n, (_, line) in enumerate(f.count(self.files[path], self.own[0], c["n"], root=bytes.fromhex(c["root"]), erased=gone), 1):
                self.lines[0] += 1
                if "verdicts" not in line: shut += 1; continue
                with self.about("adds-up", (path, n)):
                    v = [("out", "unknown", "in").index(x) for x in line["verdicts"].split(",")]; need(len(v) == len(sums), "verdicts")
                    for s, x in zip(sums, v): s[x] += 1
                    r = {k: line[k] for k in fields if k in line}; need(None not in r.values(), "a rung")
                    need(all(s == ("+".join(sorted(set(known(s)))) or "?") for k, s in r.items() if k != "harms" and s), "a rung's spelling")
                    sure = [a == b for a, b, p in zip(v, decide(d, parts, r), [{}] + parts) if set(uses(d) + uses(d, p)) <= set(r)]
                    need(all(sure), "a verdict does not follow"); self.lines[1 if len(sure) == len(v) else 2 if sure else 3] += 1
                    if people: self.person(people, line, r, d, fields)
            whole = True
        self.lines[0] += len(gone); self.lines[4] += shut + len(gone); shut += len(gone)
        if not whole: return say(2, "not all lines can be read")
        for s, t in zip(sums, c["totals"]):
            rest = [a - b for a, b in zip((t["out"], t["unknown"], t["in"]), s)]
            if min(rest) < 0 or sum(rest) != shut: say(1, "sum", t, s)
        if shut: say(2, shut, "lines are not shown")
        first = next(x for x in self.counts if x["definition"]["figure"] == d["figure"])
        if first["definition"] != d or first["totals"][0] != c["totals"][0]: say(1, "one figure, two answers")
        if people:
            if set(people["record"]) - people["used"]: say(1, "a member of no line")
            if any((self.rows.get(x, [{}])[0].get("supersedes")) in people["met"] for x in people["met"]): say(1, "a record beside the one it replaces")
def main(args):
    if args[:1] == ["--vectors"]: import against_vectors; return against_vectors.run(args[1])
    value = lambda name: [args[i+1] for i, a in enumerate(args) if a == name]; read = lambda n: open(n, "rb").read()
    files = {os.path.relpath(os.path.join(d, n), args[0]): read(os.path.join(d, n)) for d, _, names in os.walk(args[0]) for n in names}
    files.update({os.path.relpath(d, args[0]) + "/": b"" for d, folders, names in os.walk(args[0]) if not folders and not names})   # refuted as names
    b = Bundle(files, value("--vkey"), *(read(value(n)[0]) if value(n) else None for n in ("--against", "--consistency")))
    for c in CLAIMS: print(f"{('holds', 'refuted', 'undecided')[b.verdict(c)]:9}  {c}", *(f"[{what}]" for _, what in b.found[c][:3]))
    print("lines: %d; %d re-evaluated, %d in part, %d taken on trust, %d not shown" % tuple(b.lines)); return b.exit()
if __name__ == "__main__": sys.exit(main(sys.argv[1:]))
