// SPDX-License-Identifier: Apache-2.0

package journeys

import (
	"slices"
	"strings"
	"testing"
)

// headless is a list without a header, in Armenian script, with dates in words: name,
// age, day, what happened, village. The last age is not known, the last day is none.
const headless = "Միրվա Դորեն,34,1987 թ. մայիսի 2-ին,սպանվել է,Կրոբակիրկ\n" +
	"Սանել Հալմեսկ,31,2 մայիսի 1987 թ.,սպանվել է,Կրոբակիրկ\n" +
	"Տարիկ Օնվեշ,9,1987թ. մայիսի 3-ին,վիրավորվել է,Ներքին Նավահանգիստ\n" +
	"Դորվի Հալմեսկ,հայտնի չէ,գարնանը,սպանվել է,Կրոբակիրկ\n"

const arabicListFile = "قائمة-مخترعة.csv"

// rightToLeft is a list in Arabic script with its own header and digits.
const rightToLeft = "الرقم,الاسم الكامل,الجنس,العمر,التاريخ,المكان\n" +
	"١٠١,موغبيل فوكفراول,ذكر,٣٤,٢ أيار ١٩٨٧,\"كروباكيرك، المرفأ\"\n" +
	"١٠٢,دورفا هالميسك,أنثى,٩,٣ أيار ١٩٨٧,كروباكيرك\n" +
	"١٠٣,سانيل أونفيش,ذكر,غير معروف,غير معروف,كروباكيرك\n"

// brought is a file that was preserved, on the page that imports it as a list.
func (p *page) brought(name, text string) {
	p.t.Helper()
	list, _ := file(p.t, name, text)
	p.open(in("exhibits", "new"))
	p.takes(list)
	p.chooseAt("select[name=source]", "Witness 05")
	p.followOn("main form .send button")
	p.followOn(`main .acts a[href*="/lists/new"]`)
}

// chooseAt takes the option with this text in the field that a selector finds, in
// whatever language the page is.
func (p *page) chooseAt(selector, text string) {
	p.t.Helper()
	if !eval[bool](p, `(() => { const e = document.querySelector(`+quote(selector)+`), o = e && [...e.options].find((o) => o.text.trim() === `+quote(text)+` || o.value === `+quote(text)+`);
		if (!o) return false;
		e.value = o.value; e.dispatchEvent(new Event("input", { bubbles: true })); e.dispatchEvent(new Event("change", { bubbles: true }));
		return true; })()`) {
		p.fatal("%s has no %q to choose", selector, text)
	}
}

// writeAt types a text in place of what stands in the field that a selector finds.
func (p *page) writeAt(selector, text string) {
	p.t.Helper()
	p.clickOn(selector)
	eval[bool](p, `(document.activeElement.select && document.activeElement.select(), true)`)
	p.write(text)
}

// TestListWithoutHeader: a list without a header, in a script of its own, with
// dates in words, is mapped by somebody who reads it.
func TestListWithoutHeader(t *testing.T) {
	p := onStage(t).open(t).writer()
	p.brought("invented-ցուցակ.csv", headless)
	p.fill("Row with the names of the columns", "0")
	p.follow("Show the values of chosen columns")
	p.sees("Միրվա Դորեն")
	p.fill("What the list writes where it does not know", "հայտնի չէ;")
	for column, meaning := range map[string]string{"A": "whole name", "B": "age in years", "C": "date of it", "D": "what happened", "E": "place of it"} {
		p.means(column, meaning)
	}
	p.follow("Show the values of chosen columns")
	for value, code := range map[string]string{"սպանվել է": "Killed", "վիրավորվել է": "Injured"} {
		p.chooseIn(`tr:has([aria-label="What the column D means"])`, value, code)
	}
	p.follow("Show what is understood")
	if got := p.fact("Records that it would make"); got != "4" {
		t.Errorf("the preview would make %q records of four rows", got)
	}
	p.sees("գարնանը") // doubtful, and shown with what stands there
	p.fill("Why this is done", "The list of the village (invented)")
	p.click("Import")
	p.waits("Receipt of the import")
	for what, want := range map[string]string{"Rows of the list": "4", "Records": "4", "Harms": "4", "Doubtful": "1"} {
		if got := p.fact(what); got != want {
			t.Errorf("the receipt has %s %q, want %s", what, got, want)
		}
	}
	p.follow("Look at the records")
	p.follow("Սանել Հալմեսկ")
	p.sees("1987-05-02", "2 մայիսի 1987 թ.", "31", "killed")
}

// TestListRightToLeft: a list in Arabic is imported by somebody who works in Arabic.
func TestListRightToLeft(t *testing.T) {
	p := onStage(t).open(t).writer()
	p.prefers("ar", "")
	p.brought(arabicListFile, rightToLeft)
	if got := eval[string](p, `getComputedStyle(document.querySelector("main")).direction`); got != "rtl" {
		t.Errorf("the page reads %s", got)
	}
	p.arabicList()
	p.sees("كروباكيرك")
	if got := p.all(".understood dl.facts dd"); len(got) < 5 || got[0] != "3" || got[3] != "0" {
		t.Errorf("the preview says %q, want 3 records and no doubt", got)
	}
	p.clickOn("button[value=import]")
	p.until("the receipt", `!!document.querySelector('main .acts a[href*="/records"]')`)
	p.followOn(`main .acts a[href*="/records"]`)
	names := strings.Join(p.all("table.list tbody th, table.list tbody td:first-child"), "\n")
	for _, want := range []string{"موغبيل فوكفراول", "دورفا هالميسك", "سانيل أونفيش"} {
		if !strings.Contains(names, want) {
			t.Errorf("records:\n%s\nwant %q among them", names, want)
		}
	}
	p.follow("دورفا هالميسك")
	p.sees("1987-05-03", "٣ أيار ١٩٨٧", "أنثى")
	if !slices.Contains(p.all("dd"), "٩") && !strings.Contains(p.words(), "٩") {
		t.Errorf("the age as written is not shown: %s", p.words())
	}
}

// arabicList says what the columns of rightToLeft mean, and looks at it.
func (p *page) arabicList() {
	p.t.Helper()
	for n, meaning := range []string{"identifier", "name", "sex", "age", "harm.date", "harm.place"} {
		p.chooseAt("select[name=meaning"+string(rune('0'+n))+"]", meaning)
	}
	p.writeAt("input[name=unknown]", "غير معروف؛")
	p.followOn("button[value=columns]")
	p.chooseAt("select[name=code2_0]", "male")
	p.chooseAt("select[name=code2_1]", "female")
	p.chooseAt("select[name=harm_of_all]", "killed")
	p.followOn("button[value=preview]")
}
