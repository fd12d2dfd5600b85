// SPDX-License-Identifier: Apache-2.0

package identities

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"recount/fault"
)

// The letters of drawn pseudonyms: none that looks like a digit, and none from
// which a reader might guess a language.
const pseudonymLetters = "ABCDEFGHJKLMNPRSTUVWXYZ"

// LongestPseudonym is how many characters a pseudonym has at most.
const LongestPseudonym = 60

// DrawPseudonym draws one that says nothing: "Witness", two letters and two
// digits, such as "Witness KD-47". There are 52,900.
func DrawPseudonym(rand io.Reader) (string, error) {
	var drawn [4]byte
	for i, n := range []int{len(pseudonymLetters), len(pseudonymLetters), 10, 10} {
		at, err := below(rand, n)
		if err != nil {
			return "", err
		}
		if drawn[i] = byte('0' + at); i < 2 {
			drawn[i] = pseudonymLetters[at]
		}
	}
	return fmt.Sprintf("Witness %s-%s", drawn[:2], drawn[2:]), nil
}

// below draws a number from 0 to n-1, each as likely as the others.
func below(rand io.Reader, n int) (int, error) {
	var b [1]byte
	for {
		if _, err := io.ReadFull(rand, b[:]); err != nil {
			return 0, fmt.Errorf("%w: no random bytes: %w", fault.Unavailable, err)
		}
		if int(b[0]) < 256-256%n {
			return int(b[0]) % n, nil
		}
	}
}

// CheckPseudonym is fault.Invalid for what cannot stand in a statement as it
// is: accepted are letters, digits, spaces, hyphens, apostrophes and full
// stops, beginning with a letter.
func CheckPseudonym(text string) error {
	bad := strings.ContainsFunc(text, func(r rune) bool {
		return !unicode.In(r, unicode.L, unicode.Mn, unicode.Mc, unicode.Nd) && !strings.ContainsRune(" -'’.", r)
	})
	first, _ := utf8.DecodeRuneInString(text)
	if bad || !utf8.ValidString(text) || !unicode.IsLetter(first) || utf8.RuneCountInString(text) > LongestPseudonym || strings.TrimSpace(text) != text {
		return fmt.Errorf("%w: the pseudonym; accepted is a text of at most %d letters, digits, spaces, hyphens, apostrophes and full stops that begins with a letter, such as Witness KD-47", fault.Invalid, LongestPseudonym)
	}
	return nil
}
