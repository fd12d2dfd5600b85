// SPDX-License-Identifier: Apache-2.0

package names

import "testing"

func TestScript(t *testing.T) {
	t.Parallel()
	tests := []struct{ s, want string }{
		{"Samir Velin", "Latn"},
		{"سمير ب ولين", "Arab"},
		{"١٢٣ 456 سمير (7890)", "Arab"}, // digits and signs are of no script
		{"Самир", "Cyrl"},
		{"Արամ", "Armn"},
		{"שלום", "Hebr"},
		{"ნინო", "Geor"},
		{"田中", "Hani"},
		{"かな", "Hira"},
		{"कुमर", "Deva"},
		{"AбB", "Latn"},
		{"Aб", "Latn"}, // as many: the first
		{"бA", "Cyrl"},
		{"", NoScript},
		{" 12-34 ", NoScript},
		{"ºª", "Latn"},
		{"ᚠᚢ", UnknownScript},
		{"\xff", NoScript},
	}
	for _, test := range tests {
		if got := Script(test.s); got != test.want {
			t.Errorf("Script(%q) = %s, want %s", test.s, got, test.want)
		}
	}
}

func TestMixed(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"Samir Velin": false, "Самир Velin": false, "S\u0430mir": true, "сaмир": true,
		"Sa\u0301mir": false, "田中さんタロウ": false, "": false, "12a": false, "a-б": false, "a\u200dб": true,
	} {
		if got := Mixed(s); got != want {
			t.Errorf("Mixed(%q) = %v, want %v", s, got, want)
		}
	}
}
