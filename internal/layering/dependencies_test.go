// SPDX-License-Identifier: Apache-2.0

package layering

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// gomod is what go mod edit -json says of go.mod.
type gomod struct {
	Require []struct {
		Path, Version string
		Indirect      bool
	}
	Tool []struct{ Path string }
}

// TestDependencies: each module that the project itself imports, in tests too, or
// uses as a tool has a line in docs/dependencies.md with its version, its licence
// and a reason; no line is of another module; and go.mod calls the same modules
// direct, but for tools, which go mod tidy marks as indirect.
func TestDependencies(t *testing.T) {
	t.Parallel()
	var mod gomod
	if err := json.Unmarshal(output(t, "go", "mod", "edit", "-json"), &mod); err != nil {
		t.Fatal(err)
	}
	direct, tools, lines := directModules(t, mod), map[string]bool{}, dependencyLines(t)
	for _, tool := range mod.Tool {
		if path := moduleOf(mod, tool.Path); !direct[path] {
			tools[path] = true
		}
	}
	maps.Copy(direct, tools)
	if len(direct) == 0 || len(lines) == 0 {
		t.Fatalf("%d direct modules, %d lines; this test would say nothing", len(direct), len(lines))
	}
	for _, required := range mod.Require {
		line, ok := lines[required.Path]
		switch {
		case direct[required.Path] && !ok:
			t.Errorf("docs/dependencies.md has no line for %s", required.Path)
		case !direct[required.Path] && ok:
			t.Errorf("docs/dependencies.md has a line for %s, which nothing here imports", required.Path)
		case ok && (line[1] != required.Version || line[2] == "" || line[3] == ""):
			t.Errorf("docs/dependencies.md: the line for %s wants version %s, a licence and a reason", required.Path, required.Version)
		}
		if tool := tools[required.Path]; !tool && direct[required.Path] == required.Indirect {
			t.Errorf("go.mod: %s is imported here: %v; marked as indirect: %v (go mod tidy)", required.Path, direct[required.Path], required.Indirect)
		}
		delete(lines, required.Path)
	}
	for _, path := range slices.Sorted(maps.Keys(lines)) {
		t.Errorf("docs/dependencies.md has a line for %s, which is not in go.mod", path)
	}
}

// directModules are those that a package of ours or a test of ours imports.
func directModules(t *testing.T, mod gomod) map[string]bool {
	t.Helper()
	direct := map[string]bool{}
	for _, p := range list(t, "-test", "./...") {
		name := strings.SplitN(p.ImportPath, " ", 2)[0]
		if name != module && !strings.HasPrefix(name, module+"/") {
			continue
		}
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if path := moduleOf(mod, imported); path != "" {
				direct[path] = true
			}
		}
	}
	return direct
}

// moduleOf is the longest required module that a package is of, or "".
func moduleOf(mod gomod, path string) string {
	best := ""
	for _, required := range mod.Require {
		if within(path, required.Path) && len(required.Path) > len(best) {
			best = required.Path
		}
	}
	return best
}

// dependencyLines are the rows of the page's table: module, version, licence,
// reason.
func dependencyLines(t *testing.T) map[string][]string {
	t.Helper()
	lines := map[string][]string{}
	for line := range strings.SplitSeq(read(t, "docs/dependencies.md"), "\n") {
		cells := strings.Split(strings.Trim(line, "| "), "|")
		if !strings.HasPrefix(line, "| `") || len(cells) != 4 {
			continue
		}
		for i := range cells {
			cells[i] = strings.Trim(cells[i], " `")
		}
		lines[cells[0]] = cells
	}
	return lines
}
