"""bundle.md, "Page" and "Files for programs": what readers see. For the class Bundle of recounter.py."""
import html, json, re, unicodedata
from formats import need
def canonical(x): return json.dumps(x, ensure_ascii=False, separators=(",", ":"))
def spread(t): return f"{t['in']}–{t['in'] + t['unknown']}" if t["unknown"] else str(t["in"])
def esc(s): return html.escape(str(s), quote=False).replace('"', "&#34;").replace("'", "&#39;")
def letters(s): return [c for c in html.unescape(s) if unicodedata.category(c)[0] in "LNM"]
class Pages:
    def columns(self):
        for i, c in enumerate(self.counts):
            for p, t in zip([None] + c["sheet"], c["totals"]):
                if p or not any(x["definition"]["figure"] == c["definition"]["figure"] for x in self.counts[:i]): yield c["definition"], p, t
    def page(self):
        text, page = self.files["data/statement.md"].decode(), self.files["data/statement.html"].decode(); standard = "not stated"; body = text
        if text.startswith("---\n"):
            head, body = text[4:].split("---\n", 1) if text[4:].startswith("---\n") else text[4:].split("\n---\n", 1)
            standard = (re.findall("^standard:(.*)$", head, re.M) or [standard])[-1].strip()
        row = lambda d, p: "row-" + d["figure"] + ("." + p["part"] if p else "")
        start, end = page.index('<main id="statement">\n') + 22, page.rindex("</main>\n"); main, rest, prose = page[start:end], page[:start] + page[end:], ""
        cells = {row(d, p): t for d, p, t in self.columns()}; mark = r'<[^>]*(?:class="(?:figure|quote)"|data-value=|data-quote=)'
        for place in re.findall(r"\{\{(.*?)\}\}", body):
            word, what, *value = place.split()
            if word == "figure":
                t, value = cells["row-" + what], value[0] if value else "point"; shown = {"point": t["in"], "unknown": t["unknown"], "range": spread(t)}[value]
                want = f'<a class="figure" dir="ltr" href="#row-{what}" data-value="{value}">{shown}</a>'
            else:
                q = next((q for q in self.quotes if q["citation"] == what and word == "quote"), None); need(q, "no such quotation")
                foot = ", ".join(filter(None, (esc(q["attribution"]), esc(f'{q["scheme"]} {q["pinpoint"]}'.strip()), f'entry {q["seq"]}')))
                want = f'<blockquote class="quote" dir="auto" data-quote="{what}"><p' + (f' lang="{esc(q["language"])}"' if q["language"] else "")
                want += f'>{esc(q["quote"])}</p><footer>{foot}</footer></blockquote>'
            m = re.search(mark, main); need(m and main.startswith(want, m.start()), "on the page for " + place)
            prose, main = prose + main[:m.start()], main[m.start() + len(want):]
        need(not re.search(mark, main), "a place too many"); n = 0; prose += main
        for n, (d, p, t) in enumerate(self.columns(), 1):
            want = (f'<tr id="{row(d, p)}" class="{"part" if p else "figure"}"><th scope="row" dir="auto">{esc((p or d)["title"])}</th><td>{d["unit"]}</td><td dir="ltr">{t["in"]}</td>'
                    f'<td dir="ltr">{spread(t)}</td><td dir="ltr">{t["unknown"]}</td><td dir="ltr">{sum(t.values())}</td><td>{self.base[1]}</td><td dir="auto">{esc(standard)}</td></tr>')
            need(rest.count(want) == 1, "row " + row(d, p))
        need(rest.count('<tr id="row-') == n, "rows"); have = iter(letters(re.sub(r"\{\{.*?\}\}", "", body)))
        need(all(x in have for x in letters(re.sub(r"(?s)<!--.*?-->|<[^>]*>", "", prose))), "words of the page")
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
