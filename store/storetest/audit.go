// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recount/audit"
	"recount/fault"
	"recount/journal"
	"recount/store"
)

// Audit tries the journal of who looked.
func Audit(t *testing.T, engine Engine) {
	for _, test := range []struct {
		name  string
		run   func(*auditing)
		plain bool // looks into the file by itself
	}{
		{"what is noted is there, newest first", auditNoted, false},
		{"what must not be noted is refused", auditRefused, false},
		{"search texts are forgotten and nothing else is", auditForgets, false},
		{"nobody who looks waits for those who act", auditApart, false},
		{"two processes note at once", auditRace, false},
		{"what was changed, removed or added is found", auditTampered, true},
		{"a journal that is missing is not begun anew", auditMissing, true},
		{"the archive's own journal is copied and comes back", auditCopied, false},
	} {
		if test.plain && engine.Encrypted {
			continue
		}
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := newLobby(t, engine)
			t.Cleanup(func() {
				dropSchema(t, engine.Postgres, "case_"+l.caseID+"_audit")
				dropSchema(t, engine.Postgres, store.ArchiveAuditSchema(l.a.PublicName()))
			})
			test.run(&auditing{lobby: l, engine: engine})
		})
	}
}

func dropSchema(t *testing.T, dsn, schema string) {
	if dsn == "" {
		return
	}
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Exec(`DROP SCHEMA IF EXISTS "` + schema + `" CASCADE`); err != nil {
		t.Error(err)
	}
}

// auditing is a lobby whose case has an audit journal.
type auditing struct {
	*lobby
	engine Engine
}

func (l *auditing) room(a *store.Archive) *store.Case {
	l.Helper()
	c, err := a.Case(l.ctx, l.caseID)
	if err != nil {
		l.Fatal(err)
	}
	return c
}

func (l *auditing) journal() *store.Audit {
	l.Helper()
	a, err := l.room(l.a).Audit(l.ctx)
	if err != nil {
		l.Fatal(err)
	}
	return a
}

func (l *auditing) note(looks ...store.Look) {
	l.Helper()
	if err := l.journal().Note(l.ctx, looks...); err != nil {
		l.Fatal(err)
	}
}

func (l *auditing) newest(f audit.Filter, before int64, limit int) []store.Looked {
	l.Helper()
	all, err := l.journal().Newest(l.ctx, f, before, limit)
	if err != nil {
		l.Fatal(err)
	}
	return all
}

func (l *auditing) reopen() {
	l.Helper()
	if err := l.a.Close(); err != nil {
		l.Fatal(err)
	}
	a, err := store.Open(l.ctx, l.config)
	if err != nil {
		l.Fatal(err)
	}
	l.a = a
}

func look(actor string, act audit.Act, kind, id string) store.Look {
	return store.Look{Event: audit.Event{Time: "2031-04-05T06:07:08Z", Actor: actor, Act: act, Kind: kind, ID: id, Shown: 1}}
}

// looks are five events by two people.
func looks() []store.Look {
	search := look("Mira Olten", audit.Searched, "search", "")
	search.Text, search.Class = "Dovra Lenk", "internal"
	return []store.Look{
		look("Mira Olten", audit.Listed, "records", ""),
		look("Joren Pell", audit.Viewed, "persons", "p-0011223344556677"),
		search,
		look("Mira Olten", audit.Downloaded, "exhibits", "e-0011223344556677"),
		look("Joren Pell", audit.Exported, "dossiers", "d-0011223344556677"),
	}
}

func seqs(all []store.Looked) []int64 {
	numbers := []int64{}
	for _, l := range all {
		numbers = append(numbers, l.Seq)
	}
	return numbers
}

func auditNoted(l *auditing) {
	l.note(looks()...)
	l.reopen()
	all := l.newest(audit.Filter{}, -1, 100)
	if diff := cmp.Diff([]int64{4, 3, 2, 1, 0}, seqs(all)); diff != "" {
		l.Fatal(diff)
	}
	for i, want := range looks() {
		got := all[4-i]
		got.Words = ""
		if got.Event != want.Event || got.Text != want.Text {
			l.Errorf("event %d is %+v, want %+v", i, got, want)
		}
	}
	for _, test := range []struct {
		filter audit.Filter
		before int64
		limit  int
		want   []int64
	}{
		{audit.Filter{Actor: "Mira Olten"}, -1, 100, []int64{3, 2, 0}},
		{audit.Filter{Act: audit.Exported}, -1, 100, []int64{4}},
		{audit.Filter{Kind: "persons"}, -1, 100, []int64{1}},
		{audit.Filter{Kind: "persons", ID: "p-ffff"}, -1, 100, []int64{}},
		{audit.Filter{}, 3, 2, []int64{2, 1}},
		{audit.Filter{Actor: "Mira Olten"}, 2, 1, []int64{0}},
	} {
		if diff := cmp.Diff(test.want, seqs(l.newest(test.filter, test.before, test.limit))); diff != "" {
			l.Errorf("%+v before %d: %s", test.filter, test.before, diff)
		}
	}
	s, err := l.journal().Verify(l.ctx)
	if err != nil || s.Size != 5 {
		l.Fatalf("Verify = %+v, %v", s, err)
	}
	c, _, err := journal.OpenCheckpoint([]byte(s.Checkpoint), s.VKey)
	if err != nil || c.Size != 5 || c.Origin == l.room(l.a).Origin() {
		l.Errorf("the checkpoint is %+v, %v; want five events under an origin of its own", c, err)
	}
}

func auditRefused(l *auditing) {
	for name, e := range map[string]audit.Event{
		"no actor":       {Act: audit.Viewed, Kind: "records"},
		"no act":         {Actor: "ann", Kind: "records"},
		"another act":    {Actor: "ann", Act: "glanced", Kind: "records"},
		"no kind":        {Actor: "ann", Act: audit.Viewed},
		"a long id":      {Actor: "ann", Act: audit.Viewed, Kind: "records", ID: strings.Repeat("x", audit.MaxID+1)},
		"a long reason":  {Actor: "ann", Act: audit.Viewed, Kind: "records", Why: strings.Repeat("x", audit.MaxWhy+1)},
		"a bad time":     {Actor: "ann", Act: audit.Viewed, Kind: "records", Time: "yesterday"},
		"less than none": {Actor: "ann", Act: audit.Viewed, Kind: "records", Shown: -1},
		"a bad hash":     {Actor: "ann", Act: audit.Viewed, Kind: "records", Words: "00"},
		"no UTF-8":       {Actor: "ann\xff", Act: audit.Viewed, Kind: "records"},
	} {
		good := look("ann", audit.Viewed, "records", "")
		l.want(l.journal().Note(l.ctx, good, store.Look{Event: e}), fault.Invalid, name)
	}
	if n := len(l.newest(audit.Filter{}, -1, 100)); n != 0 {
		l.Errorf("%d events were noted beside refused ones, want none", n)
	}
}

func auditForgets(l *auditing) {
	late := look("Mira Olten", audit.Searched, "search", "")
	late.Time, late.Text = "2031-05-01T00:00:00Z", "Tarn quarry"
	l.note(append(looks(), late)...)
	n, err := l.journal().Forget(l.ctx, time.Date(2031, 5, 1, 0, 0, 0, 0, time.UTC), "Keeper", "a month is over")
	if err != nil || n != 1 {
		l.Fatalf("Forget = %d, %v; want the one text that is older", n, err)
	}
	for range 2 {
		all := l.newest(audit.Filter{Act: audit.Searched}, -1, 100)
		if len(all) != 2 || all[0].Text != "Tarn quarry" || all[0].Forgotten || all[1].Text != "" || !all[1].Forgotten {
			l.Fatalf("after forgetting: %+v", all)
		}
		done := l.newest(audit.Filter{Act: audit.Forgot}, -1, 100)
		if len(done) != 1 || done[0].Actor != "Keeper" || done[0].Shown != 1 || done[0].Why != "a month is over" {
			l.Fatalf("the forgetting is noted as %+v", done)
		}
		s, err := l.journal().Verify(l.ctx)
		if err != nil || s.Size != 7 || s.Forgotten != 1 {
			l.Fatalf("Verify = %+v, %v", s, err)
		}
		l.reopen()
	}
	keys, err := filepath.Glob(filepath.Join(l.config.Dir, "keys", l.caseID, "audit", "epoch-*"))
	if err != nil || len(keys) != 1 || !strings.HasSuffix(keys[0], "epoch-2.key") {
		l.Errorf("keys after forgetting: %v, %v; want the second alone", keys, err)
	}
}

func auditApart(l *auditing) {
	a := l.journal()
	_, err := l.room(l.a).Act(l.ctx, "ann", func(store.View) (journal.Draft, error) {
		waits, stop := context.WithTimeout(l.ctx, time.Minute)
		defer stop()
		return journal.Draft{}, fmt.Errorf("%w: noted: %v", fault.Conflict, a.Note(waits, looks()...))
	})
	if err == nil || !strings.Contains(err.Error(), "noted: <nil>") {
		l.Errorf("noting within an act: %v", err)
	}
	if n := len(l.newest(audit.Filter{}, -1, 100)); n != 5 {
		l.Errorf("%d events, want 5", n)
	}
}

func auditRace(l *auditing) {
	l.journal()
	other, err := store.Open(l.ctx, l.config)
	if err != nil {
		l.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	theirs, err := l.room(other).Audit(l.ctx)
	if err != nil {
		l.Fatal(err)
	}
	var all sync.WaitGroup
	for _, a := range []*store.Audit{l.journal(), theirs} {
		all.Go(func() {
			for range 10 {
				if err := a.Note(l.ctx, looks()...); err != nil {
					l.Error(err)
				}
			}
		})
	}
	all.Wait()
	if s, err := theirs.Verify(l.ctx); err != nil || s.Size != 100 {
		l.Errorf("Verify = %+v, %v; want 100 events", s, err)
	}
	// What one process forgets the other can no longer open.
	if n, err := theirs.Forget(l.ctx, time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC), "Keeper", ""); err != nil || n != 20 {
		l.Errorf("Forget = %d, %v; want 20 texts", n, err)
	}
	l.note(looks()...)
	if s, err := l.journal().Verify(l.ctx); err != nil || s.Size != 106 || s.Forgotten != 20 {
		l.Errorf("Verify = %+v, %v; want 106 events, 20 texts forgotten", s, err)
	}
}

// edit changes the tables as somebody does who has the file.
func (l *auditing) edit(statements ...string) {
	l.Helper()
	driver, dsn := "sqlite3", "file:"+filepath.ToSlash(filepath.Join(l.config.Dir, "cases", l.caseID, "audit", "audit.db"))
	if l.engine.Postgres != "" {
		driver, dsn = "pgx", l.engine.Postgres
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		l.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	if l.engine.Postgres != "" {
		statements = append([]string{`SET search_path TO "case_` + l.caseID + `_audit"`}, statements...)
	}
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			l.Fatalf("%s: %v", s, err)
		}
	}
}

func auditTampered(l *auditing) {
	l.note(looks()...)
	l.edit(`CREATE TABLE keep_event AS SELECT * FROM a_event`, `CREATE TABLE keep_state AS SELECT * FROM a_state`,
		`CREATE TABLE keep_words AS SELECT * FROM a_words`, `CREATE TABLE keep_key AS SELECT * FROM a_key`)
	zero := `decode('00', 'hex')`
	if l.engine.Postgres == "" {
		zero = `x'00'`
	}
	for name, statement := range map[string]string{
		"an actor is changed in what is found": `UPDATE a_event SET actor = 'Joren Pell' WHERE seq = 0`,
		"an event is changed":                  `UPDATE a_event SET event = ` + zero + ` WHERE seq = 1`,
		"an event takes another's place":       `UPDATE a_event SET event = (SELECT event FROM a_event WHERE seq = 0) WHERE seq = 1`,
		"a header takes another's place":       `UPDATE a_event SET header = (SELECT header FROM a_event WHERE seq = 0) WHERE seq = 1`,
		"an event is removed":                  `DELETE FROM a_event WHERE seq = 1`,
		"the last event is removed":            `DELETE FROM a_event WHERE seq = 4`,
		"all events are removed":               `DELETE FROM a_event`,
		"an event is added":                    `INSERT INTO a_event SELECT 5, header, event, actor, act, kind, id FROM a_event WHERE seq = 4`,
		"the checkpoint is changed":            `UPDATE a_state SET value = ` + zero + ` WHERE name = 'checkpoint'`,
		"the checkpoint is removed":            `DELETE FROM a_state WHERE name = 'checkpoint'`,
		"a search text is changed":             `UPDATE a_words SET body = ` + zero,
		"a search text is removed":             `DELETE FROM a_words`,
		"a search text's key is changed":       `UPDATE a_key SET wrapped = ` + zero,
	} {
		l.edit(statement)
		if _, err := l.journal().Verify(l.ctx); !strings.Contains(fmt.Sprint(err), fault.Tampered.Error()) {
			l.Errorf("%s: Verify = %v, want fault.Tampered", name, err)
		}
		for _, table := range []string{"event", "state", "words", "key"} {
			l.edit(`DELETE FROM a_`+table, `INSERT INTO a_`+table+` SELECT * FROM keep_`+table)
		}
		if _, err := l.journal().Verify(l.ctx); err != nil {
			l.Fatalf("%s, and put back: Verify = %v", name, err)
		}
	}
	// An older copy of the whole journal is shorter than its head, which lies with the keys.
	copied := `CREATE TABLE keep_%[1]s2 AS SELECT * FROM a_%[1]s`
	l.edit(fmt.Sprintf(copied, "event"), fmt.Sprintf(copied, "state"), fmt.Sprintf(copied, "hash"), fmt.Sprintf(copied, "words"), fmt.Sprintf(copied, "key"))
	l.note(looks()...)
	for _, table := range []string{"event", "state", "hash", "words", "key"} {
		l.edit(`DELETE FROM a_`+table, `INSERT INTO a_`+table+` SELECT * FROM keep_`+table+`2`)
	}
	_, err := l.journal().Verify(l.ctx)
	l.want(err, fault.Tampered, "an older copy")
}

func auditMissing(l *auditing) {
	l.note(looks()...)
	if err := l.a.Close(); err != nil {
		l.Fatal(err)
	}
	if l.engine.Postgres != "" {
		dropSchema(l.T, l.engine.Postgres, "case_"+l.caseID+"_audit")
	} else if err := os.RemoveAll(filepath.Join(l.config.Dir, "cases", l.caseID, "audit")); err != nil {
		l.Fatal(err)
	}
	var err error
	if l.a, err = store.Open(l.ctx, l.config); err != nil {
		l.Fatal(err)
	}
	_, err = l.room(l.a).Audit(l.ctx)
	l.want(err, fault.Tampered, "a journal that is missing")
}
