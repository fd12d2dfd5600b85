// SPDX-License-Identifier: Apache-2.0

package invent

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Script is the writing of a name, by its ISO 15924 code.
type Script string

// The scripts in which names are written.
const (
	Latin    Script = "Latn"
	Cyrillic Script = "Cyrl"
	Arabic   Script = "Arab"
	Armenian Script = "Armn"
)

// Scripts are the scripts of a Spelling, in its order.
func Scripts() []Script { return []Script{Latin, Cyrillic, Arabic, Armenian} }

// Spelling is one name in each script, in the order of Scripts.
type Spelling [4]string

// In is the name in one script.
func (s Spelling) In(script Script) string {
	for i, known := range Scripts() {
		if known == script {
			return s[i]
		}
	}
	return ""
}

// syllables are made up. Joined, they give names of no language and of no
// community: that is what they are for.
func syllables() []Spelling {
	return []Spelling{
		{"dro", "дро", "درو", "դրո"}, {"kve", "кве", "كفي", "կվե"}, {"zul", "зул", "زول", "զուլ"},
		{"tir", "тир", "تير", "տիր"}, {"mog", "мог", "موغ", "մոգ"}, {"pel", "пел", "بيل", "պել"},
		{"vra", "вра", "فرا", "վրա"}, {"nes", "нес", "نيس", "նես"}, {"lum", "лум", "لوم", "լում"},
		{"gri", "гри", "غري", "գրի"}, {"sto", "сто", "ستو", "ստո"}, {"bak", "бак", "باك", "բակ"},
		{"šav", "шав", "شاف", "շավ"}, {"žem", "жем", "جيم", "ժեմ"}, {"fen", "фен", "فين", "ֆեն"},
		{"hol", "хол", "هول", "հոլ"}, {"kro", "кро", "كرو", "կրո"}, {"tun", "тун", "تون", "տուն"},
		{"rud", "руд", "رود", "րուդ"}, {"čil", "чил", "تشيل", "չիլ"}, {"pra", "пра", "برا", "պրա"},
		{"mus", "мус", "موس", "մուս"}, {"vok", "вок", "فوك", "վոկ"}, {"dir", "дир", "دير", "դիր"},
		{"lez", "лез", "ليز", "լեզ"}, {"sku", "ску", "سكو", "սկու"}, {"gam", "гам", "غام", "գամ"},
		{"nok", "нок", "نوك", "նոկ"}, {"tre", "тре", "تري", "տրե"}, {"bul", "бул", "بول", "բուլ"},
	}
}

// endings say what a name is of.
func manEndings() []Spelling {
	return []Spelling{{"ok", "ок", "وك", "ոկ"}, {"und", "унд", "وند", "ունդ"}, {"ed", "ед", "يد", "եդ"}}
}

func womanEndings() []Spelling {
	return []Spelling{{"esi", "еси", "يسي", "եսի"}, {"ulma", "улма", "ولما", "ուլմա"}, {"ané", "ане", "اني", "անե"}}
}

func familyEndings() []Spelling {
	return []Spelling{{"ekt", "ект", "يكت", "եկտ"}, {"omel", "омел", "وميل", "ոմել"}, {"urst", "урст", "ورست", "ուրստ"}, {"avig", "авиг", "افيغ", "ավիգ"}}
}

func placeEndings() []Spelling {
	return []Spelling{{"oldu", "олду", "ولدو", "ոլդու"}, {"emme", "емме", "يمي", "եմմե"}, {"irk", "ирк", "يرك", "իրկ"}, {"uvash", "уваш", "وفاش", "ուվաշ"}}
}

// joined is a name of these parts, with a capital in the scripts that have it.
func joined(parts ...Spelling) Spelling {
	var name Spelling
	for i := range name {
		var b strings.Builder
		for _, part := range parts {
			b.WriteString(part[i])
		}
		name[i] = capital(b.String())
	}
	return name
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// plain writes the letters with marks without them, as a clerk's machine does;
// the fold of a name (docs/formats/fold.md) does not see the difference.
func plain(latin string) string {
	return strings.NewReplacer("š", "s", "ž", "z", "č", "c", "é", "e", "Š", "S", "Ž", "Z", "Č", "C", "É", "E").Replace(latin)
}

// misheard is a name as somebody else wrote it down: another letter, which no
// rule of folding makes good.
func misheard(d dice, name string) string {
	runes := []rune(name)
	at := 1 + d.below(len(runes)-1)
	return string(runes[:at+1]) + string(runes[at:])
}
