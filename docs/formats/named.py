"""bundle.md, "Named level": the records behind the lines. For the class Bundle of recounter.py."""
import re
import formats as f
from formats import Open, need, number
from rule import code_in
def esc_harm(s): return re.sub(r"[%,;\x00-\x1f\x7f]", lambda m: f"%{ord(m[0]):02X}", s)
class Named:
    def named(self):
        self.rows, imports, exhibits, harms = {}, [], set(), []
        for n, (kind, e) in sorted(self.entries.items()):
            if kind not in ("list.imported@1", "records.added@1"): continue
            with self.about("in-log", f"import {n}"):
                need("n" in e and "root" in e, "closed", Open); imports.append((number(e["n"]), bytes.fromhex(e["root"]))); need(n < self.base[1], "after the base")
            if kind == "list.imported@1":
                with self.about("adds-up", f"import {n}"):
                    x = e.get("exhibit_sha256"); need(x, "exhibit closed", Open); need(x not in exhibits, "one exhibit twice"); exhibits.add(x)
        for name in [n for n in self.files if n.startswith("data/rows/")]:
            with self.about("in-log", name):
                o, seq, kind, leaf, e = f.opening(self.files[name]); proof = f"proof/rows/{leaf.hex()}.row-proof"
                need((o, seq, name) == (self.own[0], -1, f"data/rows/{leaf.hex()}.opening") and kind in ("record@1", "harm@1"), "another row")
                need(proof in self.files, "no proof", Open); size, root = f.lines(self.files[proof])[3:5]
                need((number(size), f.b64(root, 32)) in imports, "of no import"); f.row_proof(self.files[proof], leaf, o, number(size), f.b64(root, 32))
                if kind == "harm@1": harms.append(e)
                else: self.rows[leaf.hex()] = e, []
        for e in harms:
            if e.get("record") in self.rows: self.rows[e["record"]][1].append(e)
            else: self.find("adds-up", 2, "a harm without its record")
    def people(self, i):
        with self.about("adds-up", f"members {i}"):
            need(f"data/members/{i}.count" in self.files, "not disclosed", Open)
            got = f.count(self.files[f"data/members/{i}.count"], self.own[0], None, "member@1")
            return {"record": {leaf.hex(): m["record"] for leaf, m in got}, "used": set(), "met": set()}
    def person(self, people, line, r, d, fields):
        need(line.get("members"), "members closed", Open); records = []
        for m in line["members"].split("\n"):
            need(m in people["record"] and m not in people["used"], "member"); people["used"].add(m); x = people["record"][m]
            need(x not in people["met"], "a record in two lines"); people["met"].add(x); records.append(x)
        need(all(x in self.rows for x in records), "a record is not disclosed", Open); rows = [self.rows[x] for x in records]
        need(not d.get("sources") or any(e.get("source") in d["sources"] for e, _ in rows), "not of the universe")
        for k in fields:
            need(k in r, k + " closed", Open)
            if k == "harms":
                all_harms = [h for _, hs in rows for h in hs]
                need(all({"code", "month", "district", "determination"} <= set(h) for h in all_harms), "a harm is closed", Open)
                want = {",".join(esc_harm(h[x] or "?") if x2 in d else "" for x, x2 in (("code", "harms"), ("month", "period"), ("district", "district")))
                        for h in all_harms if h["determination"] != "excluded" and code_in(d, h["code"] or "")}
                need(r[k] == ";".join(sorted(want, key=str.encode)), "harms do not follow")
            else:
                need(all(k in e for e, _ in rows), k + " of a record closed", Open)
                need(r[k] == ("+".join(sorted({e[k] for e, _ in rows if e[k] not in (None, "", "?")})) or "?"), k + " does not follow")
