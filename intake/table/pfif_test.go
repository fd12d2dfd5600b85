// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const pfifDocument = `<?xml version="1.0" encoding="UTF-8"?>
<pfif:pfif xmlns:pfif="http://zesty.ca/pfif/1.4">
  <pfif:person>
    <pfif:person_record_id>x.example/1</pfif:person_record_id><pfif:full_name>Ada &lt;Vell&gt;</pfif:full_name>
    <pfif:note><pfif:note_record_id>x.example/n1</pfif:note_record_id><pfif:status>believed_missing</pfif:status></pfif:note>
  </pfif:person>
  <pfif:person><pfif:person_record_id>x.example/2</pfif:person_record_id><pfif:full_name>Bo Marn</pfif:full_name><pfif:profile_urls>a</pfif:profile_urls><pfif:profile_urls>b</pfif:profile_urls></pfif:person>
  <pfif:note><pfif:note_record_id>x.example/n2</pfif:note_record_id><pfif:person_record_id>x.example/1</pfif:person_record_id><pfif:status>believed_dead</pfif:status></pfif:note>
  <pfif:note><pfif:note_record_id>x.example/n3</pfif:note_record_id><pfif:person_record_id>x.example/9</pfif:person_record_id></pfif:note>
</pfif:pfif>`

// TestPFIF: persons are rows, and notes stand with the person that they are on,
// inside of it or outside (PFIF 1.4).
func TestPFIF(t *testing.T) {
	t.Parallel()
	got, tab, err := readAll(t, []byte(pfifDocument), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"full_name|note[1].note_record_id|note[1].status|note[2].note_record_id|note[2].person_record_id|note[2].status|person_record_id|profile_urls",
		"1: Ada <Vell>|x.example/n1|believed_missing|x.example/n2|x.example/1|believed_dead|x.example/1|",
		"2: Bo Marn||||||x.example/2|a; b",
	}
	if diff := cmp.Diff(want, got); diff != "" || tab.Info().Format != "pfif" {
		t.Errorf("%s: - want, + got:\n%s", tab.Info().Format, diff)
	}
	if n := strings.Join(tab.Notices(), "; "); !strings.Contains(n, "notes on 1 persons who are not in the document") {
		t.Errorf("told: %s", n)
	}
	for name, test := range map[string]struct{ document, want string }{
		"cut off":   {pfifDocument[:300], "it is no XML: line"},
		"nobody":    {`<pfif:pfif xmlns:pfif="http://zesty.ca/pfif/1.4"></pfif:pfif>`, "no person"},
		"an entity": {`<pfif:pfif><pfif:person><pfif:full_name>&evil;</pfif:full_name></pfif:person></pfif:pfif>`, "it is no XML"},
	} {
		if _, _, err := readAll(t, []byte(test.document), Options{}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzPFIF: no document crashes the reader.
func FuzzPFIF(f *testing.F) {
	f.Add([]byte(pfifDocument))
	f.Add([]byte(`<pfif><person><full_name>a</full_name><note><note/></note></person></pfif>`))
	f.Fuzz(func(t *testing.T, document []byte) {
		if !isPFIF(document) {
			return
		}
		tab, err := Open(bytes.NewReader(document), int64(len(document)), Options{File: "x"})
		if err != nil {
			return
		}
		for {
			row, err := tab.Next()
			if err != nil {
				return
			}
			if row.Refused == nil && len(row.Cells) != len(tab.Info().Columns) {
				t.Fatalf("row %d has %d cells of %d", row.Number, len(row.Cells), len(tab.Info().Columns))
			}
		}
	})
}
