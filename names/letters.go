// SPDX-License-Identifier: Apache-2.0

package names

// letters is the table of fold@1: letters that lists write in several ways and
// that Unicode does not take apart. r is case folded and decomposed.
// The Arabic ones are those that Lucene's ArabicNormalizer and PersianNormalizer
// make one, with the Kurdish and Uyghur forms of the same letters.
func letters(r rune) (string, bool) {
	switch r {
	case 'ى', 'ی', 'ے': // alef maksura, Farsi yeh, Urdu yeh
		return "ي", true
	case 'ک': // keheh
		return "ك", true
	case 'ة', 'ۃ', 'ہ', 'ھ', 'ە': // teh marbuta, Urdu and Kurdish forms of heh
		return "ه", true
	case 'ٱ': // alef wasla; with hamza or madda it is decomposed to a plain one
		return "ا", true
	case 'ə', 'ǝ': // Azerbaijani schwa, turned e
		return "e", true
	case 'ı':
		return "i", true
	case 'ł':
		return "l", true
	case 'ø':
		return "o", true
	case 'đ', 'ð', 'ɖ', 'ɗ':
		return "d", true
	case 'ɓ':
		return "b", true
	case 'ħ':
		return "h", true
	case 'ƙ', 'ĸ':
		return "k", true
	case 'ŋ':
		return "n", true
	case 'ŧ':
		return "t", true
	case 'ƴ':
		return "y", true
	case 'þ':
		return "th", true
	case 'æ':
		return "ae", true
	case 'œ':
		return "oe", true
	}
	return "", false
}

// zeros are the digits 0 of scripts whose digits follow one another.
const zeros = "٠۰߀०০੦૦୦௦౦೦൦๐໐༠၀០᠐"

// digit turns a digit of one of those scripts into 0 to 9.
func digit(r rune) rune {
	if r < '٠' {
		return r
	}
	for _, zero := range zeros {
		if r >= zero && r <= zero+9 {
			return '0' + r - zero
		}
	}
	return r
}
