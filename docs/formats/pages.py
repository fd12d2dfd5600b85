"""bundle.md, "Page", "Texts around" and "Files for programs": what readers see. For the class Bundle of recounter.py."""
import base64, html, json, os, re
import prose
from formats import need
PUBLIC = re.compile(r"bagit\.txt|bag-info\.txt|(tag)?manifest-sha256\.txt|SEAL|VERIFY\.txt|CONDITIONS\.txt|proof/(checkpoint|history|(log|seal)\.vkey|kinds\.txt|[0-9]+\.(opening|tlog-proof)|consistency-[0-9]+-[0-9]+)"
                    r"|data/(statement\.(md|html)|(figures|quotes)\.json|counts/[0-9]+\.(count|erased))")
NAMED = re.compile(r"data/members/[0-9]+\.count|data/rows/[0-9a-f]{64}\.opening|proof/rows/[0-9a-f]{64}\.row-proof")
def canonical(x): return json.dumps(x, ensure_ascii=False, separators=(",", ":"))
def spread(t): return f"{t['in']}–{t['in'] + t['unknown']}" if t["unknown"] else str(t["in"])
def esc(s): return html.escape(str(s), quote=False).replace('"', "&#34;").replace("'", "&#39;")
def filled(name, **values):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "skeleton", name), encoding="utf-8", newline="") as f: return re.sub("@([A-Z0-9_]+)@", lambda m: str(values[m[1]]), f.read())
class Pages:
    def columns(self):
        for i, c in enumerate(self.counts):
            for p, t in zip([None] + c["sheet"], c["totals"]):
                if p or not any(x["definition"]["figure"] == c["definition"]["figure"] for x in self.counts[:i]): yield c["definition"], p, t
    def page(self):
        text, page = self.files["data/statement.md"].decode(), self.files["data/statement.html"].decode(); body, head = text, {"lang": "en", "dir": "ltr", "standard": "not stated"}
        prose.directions(text)
        if text.startswith("---\n"):
            lines, body = text[4:].split("---\n", 1) if text[4:].startswith("---\n") else text[4:].split("\n---\n", 1)
            for line in filter(None, lines.split("\n")): key, value = line.split(":", 1); need(key in head, "head"); head[key] = value.strip()
        start, end = page.index('<main id="statement">\n') + 22, page.rindex("</main>\n"); main = page[start:end]; need(start <= end, "main")
        row = lambda d, p: "row-" + d["figure"] + ("." + p["part"] if p else ""); cells, places = {row(d, p): t for d, p, t in self.columns()}, []
        for place in re.findall(prose.PLACE, body):
            word, what, *value = place.split()
            if word == "figure":
                t, value = cells["row-" + what], value[0] if value else "point"; number = {"point": t["in"], "unknown": t["unknown"], "range": spread(t)}[value]
                places.append((False, f'<a class="figure" dir="ltr" href="#row-{what}" data-value="{value}">{number}</a>'))
            else:
                q = next((q for q in self.quotes if q["citation"] == what and word == "quote"), None); need(q, "no such quotation")
                foot = ", ".join(filter(None, (esc(q["attribution"]), esc(f'{q["scheme"]} {q["pinpoint"]}'.strip()), f'entry {q["seq"]}')))
                want = f'<blockquote class="quote" dir="auto" data-quote="{what}"><p' + (f' lang="{esc(q["language"])}"' if q["language"] else "")
                places.append((True, want + f'>{esc(q["quote"])}</p><footer>{foot}</footer></blockquote>'))
        need(page == self.around(main, head, row), "the page around the statement")
        shown, seen = prose.displayed(main, places); need(shown == prose.written(body), "the words of the page"); need(not prose.touched(seen), "what touches a figure")
    def around(self, main, head, row):
        f, rows, definitions, first = self.frozen, "", "", {}
        for d, p, t in self.columns():
            rows += (f'<tr id="{row(d, p)}" class="{"part" if p else "figure"}"><th scope="row" dir="auto">{esc((p or d)["title"])}</th><td>{esc(d["unit"])}</td><td dir="ltr">{t["in"]}</td>'
                     f'<td dir="ltr">{spread(t)}</td><td dir="ltr">{t["unknown"]}</td><td dir="ltr">{sum(t.values())}</td><td>{self.base[1]}</td><td dir="auto">{esc(head["standard"])}</td></tr>\n')
        for c in self.counts: first.setdefault(c["definition"]["figure"], []).append(c)
        for group in first.values():
            d = group[0]["definition"]; files = "; ".join(f"data/counts/{c['file']}.count ({c['n']} lines, root {c['root']})" for c in group)
            definitions += filled("definition.html", TITLE=esc(d["title"]), FIGURE=esc(d["figure"]), RULE=esc(d["rule"]), UNIVERSE=esc(group[0]["universe"]), DEFINITION=esc(canonical(d)), FILES=esc(files))
        figures = filled("figures.html", ROWS=rows, DEFINITIONS=definitions, LIMIT=max(1, int(f["limit"]))) if self.counts else ""
        return filled("page.html", LANG=esc(head["lang"]), DIR=head["dir"], TITLE=esc(f["title"]), DOSSIER=esc(f["dossier"]), EDITION=f["edition"], ORIGIN=esc(self.own[0]),
                      BASE_SIZE=self.base[1], BASE_ROOT=base64.b64encode(self.base[2]).decode(), MAIN=main, FIGURES=figures)
    def texts(self):
        f, data = self.frozen, [n for n in self.files if n.startswith("data/")]; origin, size, root = self.own; named = self.recipient not in (None, "-")
        want = filled("verify.txt", DOSSIER=f["dossier"], EDITION=f["edition"], PAYLOAD_FILES=len(data), FILES=len(self.files), SEQ=self.seq, STATEMENT_SHA256=f["statement_sha256"],
                      PAGE_SHA256=f["page_sha256"], ORIGIN=origin, SIZE=size, ROOT=root.hex(), NAMED="- that every harm which a disclosed record states was disclosed with it\n" if named else "")
        need(self.files["VERIFY.txt"] == want.encode(), "VERIFY.txt")
        want = f"Bag-Software-Agent: recount\nBagging-Date: {f['time'].split('T')[0]}\nExternal-Identifier: {f['dossier']}/{f['edition']}\nPayload-Oxum: {sum(len(self.files[n]) for n in data)}.{len(data)}\n"
        need(self.files["bag-info.txt"] == (want + (f"Recipient: {self.recipient}\n" if named else "")).encode(), "bag-info.txt")
        if "CONDITIONS.txt" in self.files:
            lines = self.files["CONDITIONS.txt"].decode().split("\n"); names = "dossier edition recipient name purpose until conditions".split()
            need(len(lines) == 11 and lines[0] == "recount conditions/1" and all(t.startswith(n + " ") and t.strip() == t and len(t) > len(n) + 1 for n, t in zip(names, lines[1:])), "CONDITIONS.txt")
            need(lines[1:3] == [f"dossier {f['dossier']}", f"edition {f['edition']}"] and re.fullmatch(r"until (-|\d{4}-\d\d-\d\d)", lines[6]) and not lines[8] and not lines[10], "CONDITIONS.txt")
            need(lines[9] == "This bundle was given to the recipient named above for the purpose named above. Whoever passes it on passes on this file and its conditions.", "CONDITIONS.txt")
    def programs(self):
        out = {}
        for c in self.counts:
            d = c["definition"]; x = out.setdefault(d["figure"], {"figure": d["figure"], "definition": d, "unit": d["unit"], "universe": c["universe"], "values": [],
                "base_size": self.base[1], "base_root": self.base[2].hex(), "limit": int(self.frozen["limit"]), "count_files": []})
            x["count_files"].append({"path": f"data/counts/{c['file']}.count", "parts": c["parts"], "n": c["n"], "root": c["root"]})
        for d, p, t in self.columns():
            out[d["figure"]]["values"].append({"part": p["part"] if p else "", "title": (p or d)["title"], "min": t["in"], "point": t["in"],
                                               "max": t["in"] + t["unknown"], "unknown": t["unknown"], "out": t["out"]})
        need((canonical(list(out.values())) + "\n").encode() == self.files["data/figures.json"], "figures.json")
        need((canonical(self.quotes) + "\n").encode() == self.files["data/quotes.json"], "quotes.json")
