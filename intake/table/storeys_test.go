// SPDX-License-Identifier: Apache-2.0

package table

import (
	"strings"
	"testing"
)

// TestStoreys: a header of two rows, whose upper names are merged over several
// columns, gives each column both names; what stands above and below alone is one.
func TestStoreys(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ list, want string }{
		"two rows":            {"No,Victim,,,Place,\n,Name,Age,Sex,Village,District\n1,Ada,17,f,Tarn,North\n", "No|Victim / Name|Victim / Age|Victim / Sex|Place / Village|Place / District"},
		"a name said twice":   {"No,Age\nNo,Age\n1,17\n", "No|Age"},
		"wider below":         {"Victim\nName,Age\nAda,17\n", "Victim / Name|Victim / Age"},
		"a column of its own": {"A,,C\nx,,z\n1,2,3\n", "A / x||C / z"},
	} {
		got, tab, err := readAll(t, []byte(tt.list), Options{Storeys: 2})
		if err != nil || len(got) != 2 || got[0] != tt.want || !strings.HasPrefix(got[1], "3: ") || tab.Info().HeaderRow != 1 {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
	book := spreadsheet(t, `<table:table table:name="x">`+said("title", "")+said("Victim", "")+said("Name", "Age")+said("Ada", "17")+`</table:table>`, nil)
	got, _, err := readAll(t, book, Options{HeaderRow: 2, Storeys: 2})
	if err != nil || len(got) != 2 || got[0] != "Victim / Name|Victim / Age" || got[1] != "4: Ada|17" {
		t.Errorf("a sheet: %q %v", got, err)
	}
	if _, _, err := readAll(t, []byte("a,b\n"), Options{Storeys: 2}); err == nil || !strings.Contains(err.Error(), "ends within its header") {
		t.Errorf("no second row: %v", err)
	}
}
