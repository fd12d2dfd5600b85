// SPDX-License-Identifier: Apache-2.0

package propose

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/intake/mapping"
	"recount/intake/table"
	"recount/names"
)

// TestWordsOnce: a word means one thing, is of one script, and is a word.
func TestWordsOnce(t *testing.T) {
	t.Parallel()
	for name, lines := range map[string]string{"headers": headerWords, "sensitive": sensitiveWords, "codes": codeWords} {
		seen := map[string]string{}
		for line := range strings.Lines(strings.TrimSpace(lines)) {
			meaning, list, ok := strings.Cut(strings.TrimSpace(line), ": ")
			if !ok {
				t.Errorf("%s: %q is no line", name, line)
			}
			for word := range strings.SplitSeq(list, "|") {
				key := fold(word)
				if key == "" {
					t.Errorf("%s: %q is no word", name, word)
				}
				if was, twice := seen[key]; twice && was != meaning {
					t.Errorf("%s: %q means %s and %s", name, word, was, meaning)
				}
				seen[key] = meaning
				for one := range strings.FieldsSeq(word) {
					if names.Mixed(one) {
						t.Errorf("%s: %q is of two scripts", name, word)
					}
				}
			}
		}
	}
}

// told is what is proposed, a line for each column.
func told(header string, rows ...string) (lines []string) {
	var all [][]string
	for _, r := range rows {
		all = append(all, strings.Split(r, "|"))
	}
	p := Propose(table.Columns(strings.Split(header, "|")), all)
	for _, c := range p.Columns {
		line := c.Key + ": " + c.As + " " + c.Why
		if c.Sure {
			line += " sure"
		}
		if c.Order != "" {
			line += " " + c.Order
		}
		for _, v := range slices.Sorted(maps.Keys(c.Codes)) {
			line += " " + v + "=" + c.Codes[v]
		}
		if len(c.Undecided) > 0 {
			line += " undecided " + strings.Join(c.Undecided, ",")
		}
		if len(c.Unknown) > 0 {
			line += " unknown " + strings.Join(c.Unknown, ",")
		}
		if c.Sensitive != "" {
			line += " " + c.Sensitive
		}
		lines = append(lines, strings.TrimSpace(line))
	}
	return lines
}

// TestPropose: what invented lists are read as, in several languages; what cannot be
// told is left open.
func TestPropose(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ got, want []string }{
		"English": {told("Case no.|Given name|Surname|Sex|Age (years)|Date|Village|Fate|Phone", "1|Ani|Sor|F|34|26/02/1992|Tarn|Killed|1234", "2|Ben|Sor|M|NA|03/04/1992|Tarn|Lost|5678"),
			[]string{"Case no.: identifier header sure", "Given name: given header sure", "Surname: family header sure", "Sex: sex header-values sure F=female M=male", "Age (years): age header-values sure unknown NA",
				"Date: harm.date header-values sure dmy", "Village: harm.place header sure", "Fate: harm.code header sure Killed=killed undecided Lost", "Phone: not-mapped sensitive telephone"}},
		"Russian": {told("№|Фамилия|Имя|Отчество|Пол|Год рождения|Дата гибели|Место гибели", "1|Сорванов|Иван|Ильич|муж|1958|26.02.1992|Тарн", "2|Велова|Анна|Саидовна|жен|неизвестно|27.02.1992|Тарн"),
			[]string{"№: identifier header sure", "Фамилия: family header sure", "Имя: given header sure", "Отчество: father header sure", "Пол: sex header-values sure жен=female муж=male",
				"Год рождения: birth header-values sure unknown неизвестно", "Дата гибели: harm.date header-values sure dmy", "Место гибели: harm.place header sure"}},
		"Arabic": {told("الرقم|الاسم الكامل|الجنس|العُمر|التاريخ|المكان", "١|دورفا هالميسك|ذكر|٣٤|٢٦ شباط ١٩٩٢|كروباكيرك", "٢|سانيل أونفيش|أنثى|غير معروف|٣ آذار ١٩٩٢|كروباكيرك"),
			[]string{"الرقم: identifier header sure", "الاسم الكامل: name header sure", "الجنس: sex header-values sure أنثى=female ذكر=male", "العُمر: age header-values sure unknown غير معروف", "التاريخ: harm.date header-values sure", "المكان: harm.place header sure"}},
		"Armenian": {told("Ա.Ա.Հ.|Տարիք|Ամսաթիվ", "Միրվա Դորեն|34|26 փետրվարի 1992 թ.", "Սանել Հալմեսկ|31|1992 թ. մայիսի 2-ին"),
			[]string{"Ա.Ա.Հ.: name header sure", "Տարիք: age header-values sure", "Ամսաթիվ: harm.date header-values sure"}},
		"one column of names":              {told("Имя|Возраст", "Иван Сорванов|34", "Анна Велова|31"), []string{"Имя: name header", "Возраст: age header-values sure"}},
		"two columns alike":                {told("Name|Full name|Age", "Ani Sor|Ani Sor|3", "Ben Sor|Ben Sor|4"), []string{"Name:  both", "Full name:  both", "Age: age header-values sure"}},
		"the better of two":                {told("Age|Age group of victim", "34|adult", "9|child"), []string{"Age: age header-values sure", "Age group of victim:"}},
		"a header that its values deny":    {told("Age|Sex", "Tarn|red", "Sorre|blue"), []string{"Age:", "Sex:"}},
		"by values alone":                  {told("Q1|Q2|Q3", "male|26.02.1992|7", "female|27.02.1992|8"), []string{"Q1: sex values female=female male=male", "Q2: harm.date values dmy", "Q3:"}},
		"one letter is no evidence":        {told("Q1", "m", "f"), []string{"Q1:"}},
		"a question of a form":             {told("What is the name of the person who told you about this", "Ani Sor"), []string{"What is the name of the person who told you about this:"}},
		"dates that can be either":         {told("Date", "03/04/1992", "05/06/1992"), []string{"Date: harm.date header-values sure"}},
		"dates of both orders":             {told("Date", "26/02/1992", "02/26/1992"), []string{"Date: harm.date header-values sure"}},
		"what can put somebody in danger":  {told("Latitude|Religion|Enumerator|ethnic_group|Rape", "1.2|x|y|z|no"), []string{"Latitude: not-mapped sensitive coordinates", "Religion: not-mapped sensitive religion", "Enumerator: not-mapped sensitive enumerator", "ethnic_group: not-mapped sensitive ethnicity", "Rape: not-mapped sensitive sexual-violence"}},
		"no rows":                          {told("Name|Age"), []string{"Name: name header sure", "Age: age header sure"}},
		"signs in a header are no pattern": {told("Right(s) Violated|a.b|$x|[y]", "x|1|2|3"), []string{"Right(s) Violated:", "a.b:", "$x:", "[y]:"}},
		"what only seems so":               {told("Place of birth|Date of interview|Дата опроса", "Tarn|26.02.1992|26.02.1992", "Sorre|27.02.1992|27.02.1992"), []string{"Place of birth:", "Date of interview:", "Дата опроса:"}},
		"places are as many as there are":  {told("District|Village", "North|Tarn", "South|Sorre"), []string{"District: harm.place header sure", "Village: harm.place header sure"}},
	} {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// FuzzPropose: whatever the columns are called and hold, a proposal comes of it.
func FuzzPropose(f *testing.F) {
	f.Add("Name|Age|Sex", "Ani|34|f\nBen|9|m")
	f.Add("Дата|(x|", "26.02.1992||\n\n|")
	f.Fuzz(func(t *testing.T, header, rows string) {
		columns := table.Columns(strings.Split(header, "|"))
		var all [][]string
		for row := range strings.SplitSeq(rows, "\n") {
			all = append(all, strings.Split(row, "|"))
		}
		p := Propose(columns, all)
		used := map[string]bool{}
		for _, c := range p.Columns {
			if !several(c.As) && used[c.As] {
				t.Errorf("two columns are proposed as %s", c.As)
			}
			used[c.As] = true
			if c.Why != "" && !slices.Contains(Reasons(), c.Why) {
				t.Errorf("no reason: %q", c.Why)
			}
		}
		text, left, err := p.Mapping(table.Info{Format: "csv", HeaderRow: 1, Columns: columns}, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := mapping.Parse(text); err != nil && len(left)+len(p.Columns) > 0 && !strings.Contains(err.Error(), "no column is mapped") {
			t.Errorf("what is proposed is no mapping: %v\n%s", err, text)
		}
	})
}
