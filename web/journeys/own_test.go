// SPDX-License-Identifier: Apache-2.0

package journeys

import (
	"regexp"
	"testing"
)

// TestOwnField: a list has brought a column of which records have no field.
// Somebody looks at what stands in it, declares what it is, and has the list of
// codes made of the values; a spelling is added to it by hand. The pages are the
// same in the other direction, where what has no name in that language is marked.
func TestOwnField(t *testing.T) {
	r := onStage(t).open(t)
	list, _ := file(t, "weapons.csv", "who,weapon,phone,fate\nAda Vell,Gunshot,0555-1,killed\nIra Vell, gunshot ,0555-1,killed\nOda Vell,GUNSHOT,0555-2,killed\n"+
		"Una Vell,Shell,0555-2,killed\nEda Vell,Shell,0555-3,killed\nAla Vell,long gun,0555-3,killed\nAra Vell,long gun,0555-3,killed\n")
	meaning, _ := file(t, "weapons.json", `{"format": "recount mapping/1", "row": "person", "record": {"name": "who"}, "own": {"Weapon": "weapon", "Phone": "phone"},
		"classes": {"phone": "restricted"}, "harms": [{"code": {"column": "fate", "codes": {"killed": "killed"}}}]}`)
	source := regexp.MustCompile(`s-[0-9a-f]{16}`).FindString(r.stage.run(t, "show", "sources", "--archive", r.archive))
	r.stage.run(t, "import", list, "--mapping", meaning, "--source", source, "--archive", r.archive)

	p := r.writer()
	p.open(in("records"))
	p.follow("Fields of the case’s own")
	p.sees("Weapon", "Phone", "not declared", "For named people only")
	p.pictured("own-fields-before")
	p.follow("Weapon")
	p.sees("Gunshot", "GUNSHOT", "long gun")
	p.pictured("own-field-before")
	p.writeAt("main form [name=label_en]", "Weapon")
	p.followOn("main form .send button")
	p.sees("It is declared.", "l-weapon", "One of a list of codes")
	p.pictured("own-field")
	p.follow("l-weapon")
	p.sees("gunshot", "long-gun")
	p.writeAt("main form [name=codes]", "gunshot | en Gunshot | ar طلق ناري\nshell | en Shell\nlong-gun | en Long gun | ^ gunshot | = rifle")
	p.followOn("main form .send button")
	p.sees("It is declared.", "rifle")
	p.pictured("code-list")
	p.writeAt("main form [name=codes]", "gunshot | ^ nowhere")
	p.followOn("main form .send button")
	p.sees("What is wrong stands beside the fields.", "which is not in the list")
	p.pictured("code-list-refused")

	p.prefers("ar", "")
	p.open(in("fields"))
	p.sees("الحقول الخاصة بالقضية", "بلا ترجمة")
	p.pictured("own-fields-ar")
	p.open(in("fields", "one") + "?field=Weapon")
	p.sees("طلق ناري", "بلا ترجمة")
	p.pictured("own-field-ar")
	p.open(in("fields", "codes") + "?list=l-weapon")
	p.sees("rifle")
	p.pictured("code-list-ar")
	p.prefers("en", "")
	p.open(in("records") + "?name=ara+vell")
	p.followOn("table.list tbody td a")
	p.sees("Weapon", "long gun", "Long gun")
	p.pictured("record-own")
}

// TestSensitiveColumn: the form proposes to leave a telephone number out and to
// close what has it, which the preview and the receipt say; a column can be given a
// class by hand.
func TestSensitiveColumn(t *testing.T) {
	r := onStage(t).open(t)
	p := r.writer()
	p.brought("phones.csv", "Name,Phone,Sex,Committee\nAda Vell,0555-1,female,7\nIra Vell,0555-2,male,8\n")
	p.sees("A telephone number can put somebody in danger")
	p.followOn("button[value=preview]")
	p.sees("By the classes of columns the import closes fields", "Rows as they stood in lists: For named people only")
	p.pictured("wizard-preview")
	p.chooseAt("select[name=meaning3]", "own")
	p.clickOn(`tr:has(select[name=meaning3]) details.also summary`)
	p.chooseAt("select[name=class3]", "restricted")
	p.followOn("button[value=preview]")
	p.sees("Field of the case’s own: Committee: For named people only")
	p.pictured("wizard")
	p.clickOn("button[value=import]")
	p.waits("Receipt of the import")
	p.sees("The import closed these fields", "Field of the case’s own: Committee: For named people only", "Rows as they stood in lists: For named people only")
	p.pictured("receipt")
	p.prefers("ar", "")
	p.brought("phones-2.csv", "Name,Phone,Sex,Committee\nOda Vell,0555-1,female,7\nUna Vell,0555-2,male,8\n")
	p.followOn("button[value=preview]")
	p.sees("بدرجات الأعمدة يغلق الاستيراد")
	p.pictured("wizard-ar")
}
