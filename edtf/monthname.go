// SPDX-License-Identifier: Apache-2.0

package edtf

import "strings"

// months are the names of the months of the Hijri calendars, as lists in Arabic and
// Persian write them, without what letters of one sound are told apart by (sameLetters).
func (c Calendar) months() [12][]string {
	switch c {
	case Hijri:
		return [12][]string{
			{"محرم", "محرم الحرام", "muharram"}, {"صفر", "safar"}, {"ربيع الاول", "rabi al-awwal"}, {"ربيع الثاني", "ربيع الاخر", "rabi al-thani"},
			{"جمادي الاولي", "جمادي الاول", "jumada al-ula"}, {"جمادي الثانيه", "جمادي الاخره", "جمادي الثاني", "jumada al-akhira"}, {"رجب", "rajab"}, {"شعبان", "shaban"},
			{"رمضان", "ramadan"}, {"شوال", "shawwal"}, {"ذو القعده", "ذي القعده", "ذيقعده", "dhu al-qada"}, {"ذو الحجه", "ذي الحجه", "ذيحجه", "dhu al-hijja"},
		}
	case SolarHijri:
		return [12][]string{
			{"فروردين", "حمل", "farvardin"}, {"ارديبهشت", "ثور", "ordibehesht"}, {"خرداد", "جوزا", "khordad"}, {"تير", "سرطان", "tir"},
			{"مرداد", "اسد", "mordad"}, {"شهريور", "سنبله", "shahrivar"}, {"مهر", "ميزان", "mehr"}, {"ابان", "عقرب", "aban"},
			{"اذر", "قوس", "azar"}, {"دي", "جدي", "dey"}, {"بهمن", "دلو", "bahman"}, {"اسفند", "حوت", "esfand"},
		}
	}
	return [12][]string{}
}

// sameLetters writes letters of one sound as one, and drops marks of vowels, the
// lengthening line and the sign that keeps letters apart.
func sameLetters(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case 'أ', 'إ', 'آ', 'ٱ':
			return 'ا'
		case 'ی', 'ى', 'ئ':
			return 'ي'
		case 'ک':
			return 'ك'
		case 'ة':
			return 'ه'
		case 'ـ', '\u200c', '\u200d', '\u200e', '\u200f':
			return -1
		}
		if r >= 0x064B && r <= 0x0652 {
			return -1
		}
		return r
	}, s)
	return strings.ToLower(strings.Join(strings.Fields(s), " "))
}

// withMonthName reads "30 اسفند 1399" and "اسفند 1399": a name cannot be mistaken
// for a day.
func (c Calendar) withMonthName(s string) (p datePart, ok bool) {
	words := strings.Fields(sameLetters(strings.NewReplacer("،", " ", ",", " ").Replace(s)))
	if len(words) < 2 {
		return p, false
	}
	last := words[len(words)-1]
	if !isNumber(last, 4) {
		return p, false
	}
	p.year, words = atoi(last), words[:len(words)-1]
	if first := words[0]; len(words) > 1 && (isNumber(first, 1) || isNumber(first, 2)) && atoi(first) > 0 {
		p.day, words = atoi(first), words[1:]
	}
	name := strings.Join(words, " ")
	for i, names := range c.months() {
		for _, n := range names {
			if n == name {
				p.month = i + 1
				return p, true
			}
		}
	}
	return p, false
}
