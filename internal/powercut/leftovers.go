// SPDX-License-Identifier: Apache-2.0

package powercut

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "github.com/ncruces/go-sqlite3/driver" // registers "sqlite3"
)

// Leftovers says what of a case, which nobody has open, belongs to no entry:
// rows, keys, objects and temporary files of work that was cut off. It asks the
// tables and folders themselves, so that it finds what the store would not
// show. What is kept of an import to go on with is none of it (Kept). postgres is
// the DSN where the tables lie there.
func Leftovers(ctx context.Context, dir, caseID, postgres string) (found []string, err error) {
	l := looking{ctx: ctx, dir: filepath.Join(dir, "cases", caseID)}
	if err := l.open(postgres, caseID); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.tables.Close(), l.keys.Close()) }()
	if l.kept, err = l.column(l.tables, `SELECT batch FROM o_staging`); err != nil {
		return nil, err
	}
	if err := errors.Join(l.work(), l.batches(), l.objects(), l.files()); err != nil {
		return nil, err
	}
	return l.found, nil
}

// Kept are the batches that are kept to be gone on with.
func Kept(ctx context.Context, dir, caseID, postgres string) (kept []string, err error) {
	l := looking{ctx: ctx, dir: filepath.Join(dir, "cases", caseID)}
	if err := l.open(postgres, caseID); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.tables.Close(), l.keys.Close()) }()
	return l.column(l.tables, `SELECT batch FROM o_staging`)
}

type looking struct {
	ctx          context.Context
	dir          string
	tables, keys *sql.DB
	kept         []string
	found        []string
}

func (l *looking) open(postgres, caseID string) (err error) {
	if postgres != "" {
		if l.tables, err = openSchema(postgres, "case_"+caseID); err == nil {
			l.keys, err = openSchema(postgres, "case_"+caseID+"_keys")
		}
		return err
	}
	var tables, keys int
	current, err := os.ReadFile(filepath.Join(l.dir, "CURRENT"))
	if err == nil {
		_, err = fmt.Sscanf(string(current), "recount generation/1\ntables %d\nkeys %d\n", &tables, &keys)
	}
	if err != nil {
		return err
	}
	if l.tables, err = sql.Open("sqlite3", "file:"+filepath.Join(l.dir, fmt.Sprintf("case.%d.db", tables))); err == nil {
		l.keys, err = sql.Open("sqlite3", "file:"+filepath.Join(l.dir, fmt.Sprintf("keys.%d.db", keys)))
	}
	return err
}

func openSchema(dsn, schema string) (*sql.DB, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	config.RuntimeParams["search_path"] = pgx.Identifier{schema}.Sanitize()
	return stdlib.OpenDB(*config), nil
}

func (l *looking) say(format string, args ...any) {
	l.found = append(l.found, fmt.Sprintf(format, args...))
}

// column reads one column of texts.
func (l *looking) column(db *sql.DB, query string) (all []string, err error) {
	rows, err := db.QueryContext(l.ctx, query)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", query, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var raw []byte
		if err := rows.Scan(&raw); err != nil {
			return nil, err
		}
		all = append(all, string(raw))
	}
	return all, rows.Err()
}

// work: no work is under way.
func (l *looking) work() error {
	for _, query := range []string{
		`SELECT batch FROM o_batch WHERE batch NOT IN (SELECT batch FROM o_staging)`,
		`SELECT address FROM o_object WHERE address NOT IN (SELECT object FROM o_batch WHERE object IS NOT NULL AND batch IN (SELECT batch FROM o_staging))`,
	} {
		rows, err := l.column(l.tables, query)
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			l.say("%s: %d", query, len(rows))
		}
	}
	return nil
}

// batches: each batch that has keys is named by an entry, and rows have keys of
// such a batch only. A batch of lines of a dossier has no projection; its keys
// stand, and its entry is among those that froze one.
func (l *looking) batches() error {
	named, err := l.column(l.tables, `SELECT batch FROM p_batch`)
	if err != nil {
		return err
	}
	frozen, err := l.column(l.tables, `SELECT counts FROM p_frozen`)
	if err != nil {
		return err
	}
	named = slices.Concat(named, frozen, l.kept)
	keyed, err := l.column(l.keys, `SELECT batch FROM k_batch`)
	if err != nil {
		return err
	}
	for _, batch := range keyed {
		if !slices.ContainsFunc(named, func(all string) bool { return strings.Contains(all, batch) }) {
			l.say("keys of batch %s, which no entry names", batch)
		}
	}
	loose, err := l.column(l.keys, `SELECT DISTINCT batch FROM k_row WHERE batch NOT IN (SELECT number FROM k_batch)`)
	if len(loose) > 0 {
		l.say("keys of rows of %d batches that are none", len(loose))
	}
	if err != nil {
		return err
	}
	for _, table := range []string{"p_record", "p_harm", "p_member"} {
		rows, err := l.column(l.tables, `SELECT DISTINCT batch FROM `+table+` WHERE batch IS NOT NULL`)
		if err != nil {
			return err
		}
		for _, batch := range rows {
			if !slices.Contains(named, batch) {
				l.say("rows of %s in batch %s, which no entry names", table, batch)
			}
		}
	}
	return nil
}

// objects: the vault has the objects that there are keys for, and no others.
func (l *looking) objects() error {
	var keyed []string
	raw, err := l.column(l.keys, `SELECT address FROM k_object`)
	if err != nil {
		return err
	}
	for _, address := range raw {
		keyed = append(keyed, hex.EncodeToString([]byte(address)))
	}
	var kept []string
	root := filepath.Join(l.dir, "vault")
	err = filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			kept = append(kept, entry.Name())
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, name := range kept {
		if !slices.Contains(keyed, name) {
			l.say("%s in the vault without a key", name)
		}
	}
	for _, address := range keyed {
		if !slices.Contains(kept, address) {
			l.say("a key of object %s, which is not in the vault", address)
		}
	}
	return nil
}

// files: no temporary file and none of another generation.
func (l *looking) files() error {
	keys := filepath.Join(filepath.Dir(filepath.Dir(l.dir)), "keys", filepath.Base(l.dir))
	entries, err := os.ReadDir(keys)
	if err != nil {
		return err
	}
	epochs := 0
	for _, entry := range entries {
		switch name := entry.Name(); {
		case strings.HasPrefix(name, "epoch-") && strings.HasSuffix(name, ".key"):
			epochs++
		case name == "audit" && entry.IsDir(): // of who looked; its files lie as they did before the power went
			err = l.audit(filepath.Join(keys, name))
		case name != "published":
			l.say("%s among the keys", name)
		}
		if err != nil {
			return err
		}
	}
	if epochs != 1 {
		l.say("%d epoch keys", epochs)
	}
	if entries, err = os.ReadDir(l.dir); err != nil {
		return err
	}
	for _, entry := range entries {
		name := entry.Name()
		kept := slices.ContainsFunc(l.kept, func(batch string) bool { return strings.HasPrefix(name, "staging-"+batch+".") })
		if strings.HasPrefix(name, "staging-") && !kept || strings.HasSuffix(name, ".new") {
			l.say("%s", name)
		}
	}
	for _, kind := range []string{"case.*.db", "keys.*.db"} {
		if files, err := filepath.Glob(filepath.Join(l.dir, kind)); err != nil || len(files) > 1 {
			l.say("%d files %s, %v", len(files), kind, err)
		}
	}
	return nil
}

// audit: the keys of the audit journal have no temporary file beside them.
func (l *looking) audit(dir string) error {
	entries, err := os.ReadDir(dir)
	for _, entry := range entries {
		if name := entry.Name(); strings.Contains(name, ".new") || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "staging-") {
			l.say("%s among the keys of who looked", name)
		}
	}
	return err
}
