// SPDX-License-Identifier: Apache-2.0

package store

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed schema/projections.sql
var projectionsSchema string

// projectionTables are the tables of the projections in the order of their
// creation, read from the schema itself, so that a column is named once.
func projectionTables() []table { return projections() }

var projections = sync.OnceValue(func() []table {
	var tables []table
	for _, statement := range sqlite.statements(projectionsSchema) {
		if t, ok := parseTable(statement); ok {
			tables = append(tables, t)
		}
	}
	return tables
})

// parseTable reads a CREATE TABLE of a schema file: one column a line, its
// type behind its name, and the key either behind the type or on a last line
// of its own.
func parseTable(statement string) (table, bool) {
	head, body, _ := strings.Cut(statement, "(\n")
	name, found := strings.CutPrefix(strings.TrimSpace(head), "CREATE TABLE ")
	if !found {
		return table{}, false
	}
	t := table{name: name}
	for line := range strings.SplitSeq(body, "\n") {
		line = strings.TrimSuffix(strings.TrimSpace(line), ",")
		if strings.HasPrefix(line, ")") {
			break
		}
		if list, ok := strings.CutPrefix(line, "PRIMARY KEY ("); ok {
			t.key = strings.Split(strings.TrimSuffix(list, ")"), ", ")
			continue
		}
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		t.columns = append(t.columns, column{words[0], columnTypeOf(words[1])})
		if strings.HasSuffix(line, " PRIMARY KEY") {
			t.key = []string{words[0]}
		}
	}
	return t, true
}

func columnTypeOf(word string) columnType {
	switch word {
	case "INTEGER":
		return integer
	case "TEXT":
		return text
	}
	return octets
}

// projectionTable is a table of the projections by its name.
func projectionTable(name string) table {
	for _, t := range projections() {
		if t.name == name {
			return t
		}
	}
	return table{name: name} // no table is asked for that the schema has not: projection_tables_test.go
}

// columnOf is the column that holds a field: SQL keeps some words to itself.
func columnOf(field string) string {
	switch field {
	case "row":
		return "row_no"
	case "end":
		return "end_date"
	case "when":
		return "when_date"
	case "limit":
		return "cell_limit"
	case "left":
		return "left_out"
	case "to":
		return "becomes"
	case "from":
		return "was"
	}
	return field
}

// fieldOf is the field that a column holds.
func fieldOf(column string) string {
	switch column {
	case "row_no":
		return "row"
	case "end_date":
		return "end"
	case "when_date":
		return "when"
	case "cell_limit":
		return "limit"
	case "left_out":
		return "left"
	case "becomes":
		return "to"
	case "was":
		return "from"
	}
	return column
}
