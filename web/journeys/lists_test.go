// SPDX-License-Identifier: Apache-2.0

package journeys

import (
	"slices"
	"strings"
	"testing"
)

// invented is a list of five rows; the fourth has an age that cannot be.
const invented = "name,sex,age,what,day,place\n" +
	"Dorvi Halmesk,1,34,D,02/05/1987,\"Lower Quay, Krobakirk\"\n" +
	"Sanel Halmesk,2,31,D,02/05/1987,\"Lower Quay, Krobakirk\"\n" +
	"Միրվա Դորեն,2,NA,W,03/05/1987,Krobakirk\n" +
	"Tarik Onvesh,1,3400,W,03/05/1987,Krobakirk\n" +
	"NA,2,NA,D,NA,Krobakirk\n"

// TestImportList: a list is brought, its columns and their values are given a
// meaning, what is understood is looked at, with what is doubtful first, and
// then it is imported; the receipt and the records say the same.
func TestImportList(t *testing.T) {
	p := onStage(t).open(t).writer()
	list, sum := file(t, "invented-quay.csv", invented)
	p.open(in("exhibits", "new"))
	p.takes(list)
	p.choose("Who speaks in it", "Witness 05")
	p.fill("Why this is done", "A list of the quay (invented)")
	p.follow("Preserve")
	p.sees("The file is preserved.", "Dorvi Halmesk", "Միրվա Դորեն")

	p.follow("Import a list")
	p.sees("Nothing is written before you import.", "Lower Quay, Krobakirk")
	p.fill("What the list writes where it does not know", "NA")
	p.choose("Order of day, month and year", "day, month, year")
	for column, meaning := range map[string]string{"name": "whole name", "sex": "sex", "age": "age in years", "what": "what happened", "day": "date of it", "place": "place of it"} {
		p.means(column, meaning)
	}
	p.follow("Show the values of chosen columns")
	for _, c := range [][3]string{{"sex", "1", "Man or boy"}, {"sex", "2", "Woman or girl"}, {"what", "D", "Killed"}, {"what", "W", "Injured"}} {
		p.chooseIn(`tr:has([aria-label="What the column `+c[0]+` means"])`, c[1], c[2])
	}
	p.follow("Show what is understood")
	p.sees("What is understood; nothing is written yet", "Doubtful cells", "3400")
	if got := p.fact("Records that it would make"); got != "5" {
		t.Errorf("the preview would make %q records of five rows", got)
	}
	p.fill("Why this is done", "The list of the quay, as received (invented)")
	p.click("Import")
	p.waits("Receipt of the import")
	p.sees("5 records were made.", sum)
	for what, want := range map[string]string{"Rows of the list": "5", "Records": "5", "Harms": "5", "Refused rows": "0", "Doubtful": "1"} {
		if got := p.fact(what); got != want {
			t.Errorf("the receipt has %s %q, want %s", what, got, want)
		}
	}
	p.missing("3400") // a receipt has no value of a person

	p.follow("Look at the records")
	names := p.all("table.list tbody th, table.list tbody td:first-child")
	for _, want := range []string{"Dorvi Halmesk", "Sanel Halmesk", "Միրվա Դորեն", "Tarik Onvesh", "NA"} {
		if !slices.ContainsFunc(names, func(s string) bool { return strings.Contains(s, want) }) {
			t.Errorf("records %q, want %q among them", names, want)
		}
	}
	p.follow("Tarik Onvesh")
	p.sees("3400", "injured", "1987-05-03", "Witness 05")
}

// means says what a column of a list means.
func (p *page) means(column, meaning string) {
	p.t.Helper()
	if !eval[bool](p, `(() => { const e = document.querySelector(`+quote(`[aria-label="What the column `+column+` means"]`)+`), o = e && [...e.options].find((o) => o.text === `+quote(meaning)+`);
		if (!o) return false;
		e.focus(); e.value = o.value; e.dispatchEvent(new Event("input", { bubbles: true })); e.dispatchEvent(new Event("change", { bubbles: true }));
		return true; })()`) {
		p.fatal("the column %q cannot mean %q", column, meaning)
	}
}

// fact is what a list of facts says under a heading.
func (p *page) fact(name string) string {
	p.t.Helper()
	return eval[string](p, `(() => { const dt = [...document.querySelectorAll("dl.facts dt")].find((e) => e.innerText.trim() === `+quote(name)+`); return dt ? dt.nextElementSibling.innerText.trim() : "no such fact"; })()`)
}
