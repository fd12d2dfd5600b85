// SPDX-License-Identifier: Apache-2.0

package invent

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"recount/fault"
	"recount/figure"
)

// folder collects the files of a case.
type folder struct {
	files map[string][]byte
	order []string
}

func (f *folder) add(name string, data []byte) {
	if f.files == nil {
		f.files = map[string][]byte{}
	}
	f.files[name], f.order = data, append(f.order, name)
}

// Write writes the case into a folder, which is made where it lacks and must
// be empty where it does not (fault.Conflict).
func (c *Case) Write(dir string) (_ Manifest, err error) {
	defer fault.Wrap(&err, "writing the invented case to %s", dir)
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return Manifest{}, fmt.Errorf("%w: the folder is not empty; an empty or a new one is needed", fault.Conflict)
	} else if err != nil && !errors.Is(err, os.ErrNotExist) {
		return Manifest{}, err
	}
	m, f, err := c.build()
	if err != nil {
		return Manifest{}, err
	}
	for _, name := range f.order {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return Manifest{}, err
		}
		if err := os.WriteFile(path, f.files[name], 0o644); err != nil {
			return Manifest{}, err
		}
	}
	return m, nil
}

// build makes all files in memory: a case is some MiB.
func (c *Case) build() (Manifest, *folder, error) {
	ids, f := newDice(c.Seed, forIDs+1000), &folder{}
	m := Manifest{
		Notice: Notice, Seed: c.Seed, PublicName: "invented.example", CaseID: "invented-1",
		Title: "What happened at " + plain(c.Land.Town.Name.In(Latin)) + " (invented)", Sources: c.sources, Incidents: c.incidents,
		Merges: c.merges(), Apart: c.apart(), Rules: "invented-linkage-rules.json", Statement: "statement.md",
	}
	for _, p := range c.People {
		if p.Harmed() {
			m.People++
		}
	}
	f.add("INVENTED.txt", []byte(Notice+"\n\nMade by a program from the number "+fmt.Sprint(c.Seed)+", to try other programs on.\n"))
	if err := c.addLists(&m, f, ids); err != nil {
		return m, f, err
	}
	if err := c.addPapers(&m, f, ids); err != nil {
		return m, f, err
	}
	if err := c.addPictures(&m, f, ids); err != nil {
		return m, f, err
	}
	figures := c.newFigures(ids)
	for _, d := range figures {
		name := "figures/" + d.Figure + ".json"
		f.add(name, append(d.JSON(), '\n'))
		m.Figures = append(m.Figures, FigureFile{d.Figure, name})
	}
	f.add(m.Rules, append(c.Rules().JSON(), '\n'))
	f.add(m.Statement, []byte(c.statement(figures, m.Quotes)))
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return m, f, err
	}
	f.add("manifest.json", append(text, '\n'))
	return m, f, checkFigures(figures)
}

func checkFigures(figures []figure.Definition) error {
	for _, d := range figures {
		if err := d.Check(); err != nil {
			return err
		}
	}
	return nil
}

func (c *Case) addLists(m *Manifest, f *folder, ids dice) error {
	for i := range c.lists {
		l := &c.lists[i]
		data, err := l.bytes()
		if err != nil {
			return fmt.Errorf("list %s: %w", l.key, err)
		}
		source := c.sources[l.source].Source
		mapping, err := l.mapping(source)
		if err != nil {
			return err
		}
		f.add(l.file(), data)
		f.add(l.mappingFile(), mapping)
		e := c.exhibit(m, ids, l.source, l.file(), l.title+" (invented)")
		m.Lists = append(m.Lists, ListFile{Key: l.key, Exhibit: e.Exhibit, Source: source, File: l.file(), Mapping: l.mappingFile(), Rows: len(l.rows)})
	}
	return nil
}

func (c *Case) exhibit(m *Manifest, ids dice, source int, file, title string) ExhibitFile {
	s := c.sources[source]
	e := ExhibitFile{
		Exhibit: ids.id("e"), Source: s.Source, File: file, Title: title, ReceivedFrom: s.Name,
		Custody: "Handed over as a file by " + s.Name + " (invented).",
	}
	m.Exhibits = append(m.Exhibits, e)
	return e
}

func (c *Case) addPapers(m *Manifest, f *folder, ids dice) error {
	for _, p := range slices.Concat(c.newStatements(), c.newReleases()) {
		f.add(p.file, []byte(p.text))
		e := c.exhibit(m, ids, p.source, p.file, p.title+" (invented)")
		for _, words := range quotes(p.text) {
			m.Quotes = append(m.Quotes, quoteOf(p, e, words, ids.id("c")))
		}
		if p.named == "" {
			continue
		}
		text, err := c.recordOf(p, e, m.Quotes[len(m.Quotes)-1])
		if err != nil {
			return err
		}
		name := strings.NewReplacer("statements/", "records/", ".txt", ".json").Replace(p.file)
		f.add(name, text)
		m.Records = append(m.Records, name)
	}
	return nil
}

// quoteOf finds the words in the text; they stand there once.
func quoteOf(p paper, e ExhibitFile, words, id string) Quote {
	before, after, _ := strings.Cut(p.text, words)
	left, right := []rune(before), []rune(after)
	const around = 32
	return Quote{
		Citation: id, Exhibit: e.Exhibit, File: p.file, Scheme: "chars",
		Pinpoint: fmt.Sprintf("%d-%d", len(left), len(left)+len([]rune(words))), Quote: words,
		Before: string(left[max(0, len(left)-around):]), After: string(right[:min(around, len(right))]),
		Language: "en", Attribution: p.whose,
	}
}

func (c *Case) addPictures(m *Manifest, f *folder, ids dice) error {
	for _, picture := range []struct {
		name, title string
		draw        func() ([]byte, error)
	}{
		{"pictures/invented-plan.png", "Plan of the town (invented)", c.drawPlan},
		{"pictures/invented-memorial.png", "Stones with names, drawn (invented)", c.drawMemorial},
	} {
		data, err := picture.draw()
		if err != nil {
			return fmt.Errorf("%s: %w", picture.name, err)
		}
		f.add(picture.name, data)
		c.exhibit(m, ids, drawingsSource, picture.name, picture.title)
	}
	return nil
}
