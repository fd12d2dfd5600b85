// SPDX-License-Identifier: Apache-2.0

package backup

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"recount/fault"
	"recount/internal/durable"
)

// Status is what a backup says of itself. It is not verified: Restore does that.
type Status struct {
	Time    time.Time    `json:"time"` // of the run that is longest ago, case by case
	Entries int64        `json:"entries"`
	Objects int64        `json:"objects"`
	Bytes   int64        `json:"bytes"`
	Apart   bool         `json:"keys_apart"` // no keys lie in this place
	Cases   []CaseStatus `json:"cases"`
	// Audit is of the archive's own audit journal; nil where there is none.
	Audit *AuditStatus `json:"audit,omitempty"`
}

// AuditStatus is that of an audit journal.
type AuditStatus struct {
	Run     int64     `json:"run"`
	Time    time.Time `json:"time"`
	Events  int64     `json:"events"`
	Keys    string    `json:"keys"`
	OldKeys []OldKeys `json:"old_keys,omitempty"` // that open search texts which were forgotten since
}

// CaseStatus is that of one case.
type CaseStatus struct {
	Origin  string    `json:"origin"`
	Run     int64     `json:"run"`
	Time    time.Time `json:"time"`
	Entries int64     `json:"entries"`
	Objects int64     `json:"objects"`
	Bytes   int64     `json:"bytes"`
	Keys    string    `json:"keys"`      // the file in the other place
	KeysAt  time.Time `json:"keys_time"` // when it was written
	// Where the other place was named:
	KeysThere *bool     `json:"keys_there,omitempty"`
	OldKeys   []OldKeys `json:"old_keys,omitempty"`
	// Audit is of the case's audit journal; nil where there is none.
	Audit *AuditStatus `json:"audit,omitempty"`
}

// Look says what lies in the first place, and in the second where keysTo names
// it; keep is for how long keys are kept. fault.NotFound where there is no
// backup.
func Look(files durable.Files, to, keysTo string, keep time.Duration) (s Status, err error) {
	defer fault.Wrap(&err, "looking at the backup %s", to)
	if files == nil {
		files = durable.OS()
	}
	all, err := manifests(files, to)
	if err != nil {
		return s, err
	}
	s.Cases = []CaseStatus{}
	for dir, m := range all {
		c := CaseStatus{Origin: m.Origin, Run: m.Run, Time: m.Time, Entries: m.Entries, Objects: m.Objects, Bytes: m.Bytes, Keys: m.Keys.Name}
		if k, ok := parseKeysFile(m.Keys.Name); ok {
			c.KeysAt = k.Time
		}
		if keysTo != "" {
			keys := filepath.Join(keysTo, filepath.Base(dir))
			size, err := sizeOf(files, filepath.Join(keys, m.Keys.Name))
			if err != nil {
				return s, err
			}
			there := size == m.Keys.Size
			c.KeysThere = &there
			if c.OldKeys, err = lingering(files, keys, m.Keys.Name, m.Erased, keep); err != nil {
				return s, err
			}
		}
		s.Cases = append(s.Cases, c)
		s.Entries, s.Objects, s.Bytes = s.Entries+m.Entries, s.Objects+m.Objects, s.Bytes+m.Bytes
		if s.Time.IsZero() || m.Time.Before(s.Time) {
			s.Time = m.Time
		}
	}
	if err := s.lookAtAudits(files, to, keysTo, keep); err != nil {
		return s, err
	}
	slices.SortFunc(s.Cases, func(a, b CaseStatus) int { return strings.Compare(a.Origin, b.Origin) })
	s.Apart, err = noKeysIn(to)
	return s, err
}

// lookAtAudits adds what lies there of audit journals, each to its case.
func (s *Status) lookAtAudits(files durable.Files, to, keysTo string, keep time.Duration) error {
	dirs, err := auditFolders(files, to)
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		m, _, err := unverifiedAudit(files, dir)
		if errors.Is(err, fault.NotFound) {
			continue // a first run that was cut off
		}
		if err != nil {
			return err
		}
		a := &AuditStatus{Run: m.Run, Time: m.Time, Events: m.Events, Keys: m.Keys.Name}
		if k, ok := parseKeysFile(m.Keys.Name); ok && keysTo != "" {
			if a.OldKeys, err = lingering(files, filepath.Join(keysTo, auditFolder, filepath.Base(dir)), m.Keys.Name, k.Erased, keep); err != nil {
				return err
			}
		}
		if m.Of == "" {
			s.Audit = a
		}
		for i := range s.Cases {
			if s.Cases[i].Origin == m.Of && (s.Cases[i].Audit == nil || s.Cases[i].Audit.Time.Before(m.Time)) {
				s.Cases[i].Audit = a
			}
		}
		s.Bytes += m.bytes()
	}
	return nil
}

// noKeysIn tells whether no file of keys lies in a folder or below.
func noKeysIn(dir string) (apart bool, err error) {
	apart = true
	err = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == objectsFolder:
			return fs.SkipDir
		case entry.Name() == keysMarkFile, keysName.MatchString(entry.Name()), strings.HasPrefix(entry.Name(), "epoch-"):
			apart = false
			return fs.SkipAll
		}
		return nil
	})
	return apart, explain(dir, err)
}

func sortOldKeys(old []OldKeys) {
	slices.SortFunc(old, func(a, b OldKeys) int { return strings.Compare(a.File, b.File) })
}
