// SPDX-License-Identifier: Apache-2.0

package layering

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// layer says what a package may know: other packages of the module, directly or
// through each other, and modules from outside. A folder inside a package's
// folder is of its layer.
type layer struct {
	knows   []string
	modules []string
	never   []string // packages of the standard library
	top     bool     // may know everything
}

// The standard library is open but for these.
var (
	noNetwork  = []string{"net", "net/http", "database/sql", "os/exec"}
	noDatabase = []string{"net/http", "database/sql"}
)

// layers is the paragraph "Layers" of docs/design.md, in its order: leaves,
// verify, domain, adapters, top. fault, the kinds of error, is known to all.
func layers() map[string]layer {
	leaves := []string{"fault", "edtf", "names", "journal", "vault", "figure", "internal/durable"}
	encryption := []string{"golang.org/x/crypto", "lukechampine.com/adiantum"}
	ofLeaves := []string{"golang.org/x/mod", "golang.org/x/text", "golang.org/x/sys"}
	with := func(base []string, more ...string) []string { return append(slices.Clone(base), more...) }
	domain := []string{"register", "linkage", "tally", "access", "consent", "dossier", "audit"}
	return map[string]layer{
		"fault":            {never: noNetwork},
		"edtf":             {knows: []string{"fault"}, never: noNetwork},
		"names":            {knows: []string{"fault"}, modules: []string{"golang.org/x/text"}, never: noNetwork},
		"journal":          {knows: []string{"fault"}, modules: []string{"golang.org/x/mod"}, never: noNetwork},
		"vault":            {knows: []string{"fault", "internal/durable"}, modules: []string{"golang.org/x/sys"}, never: noNetwork},
		"figure":           {knows: []string{"fault", "edtf"}, never: noNetwork},
		"vault/vaulttest":  {knows: []string{"fault", "vault", "internal/durable"}, modules: []string{"golang.org/x/sys", "github.com/google/go-cmp"}, never: noNetwork},
		"internal/durable": {knows: []string{"fault"}, modules: []string{"golang.org/x/sys"}, never: noNetwork},
		"strongroom":       {knows: []string{"fault"}, modules: []string{"golang.org/x/crypto", "golang.org/x/text", "golang.org/x/sys"}, never: noNetwork},
		"signin":           {knows: []string{"fault"}, modules: []string{"golang.org/x/crypto", "golang.org/x/text", "golang.org/x/sys"}, never: []string{"net/http", "database/sql", "os/exec"}},
		"identities": {
			knows: []string{"fault", "names", "strongroom", "internal/durable"}, never: noNetwork,
			modules: []string{"golang.org/x/crypto", "golang.org/x/text", "golang.org/x/sys"},
		},
		"signin/passkey": { // an adapter to the library of the standard, which knows net/http
			knows: []string{"fault"}, never: []string{"database/sql", "os/exec"},
			modules: []string{"github.com/go-webauthn/webauthn", "golang.org/x/sys"},
		},
		"signin/institution": { // asks over the network; nobody else does
			knows: []string{"fault"}, never: []string{"database/sql", "os/exec"},
			modules: []string{"github.com/coreos/go-oidc/v3", "golang.org/x/oauth2"},
		},
		"internal/durable/undo": {
			knows:   []string{"fault", "internal/durable"},
			modules: []string{"golang.org/x/sys", "github.com/ncruces/go-sqlite3"},
		},

		"verify": {knows: []string{"fault", "journal", "edtf", "figure"}, modules: []string{"golang.org/x/mod"}, never: noNetwork},

		"register": {knows: leaves, modules: ofLeaves, never: noDatabase},
		"linkage":  {knows: with(leaves, "register"), modules: ofLeaves, never: noDatabase},
		"tally":    {knows: with(leaves, "register", "linkage"), modules: ofLeaves, never: noDatabase},
		"access":   {knows: with(leaves, "register"), modules: ofLeaves, never: noDatabase},
		"consent":  {knows: with(leaves, "register"), modules: ofLeaves, never: noDatabase},
		"audit":    {knows: leaves, modules: ofLeaves, never: noDatabase},
		"dossier":  {knows: with(leaves, "register", "linkage", "tally", "verify"), modules: with(ofLeaves, "github.com/yuin/goldmark", "github.com/gofrs/flock"), never: noDatabase},

		"intake": {
			knows: with(leaves, domain...), never: noDatabase,
			modules: with(ofLeaves, "golang.org/x/net", "github.com/xuri/excelize/v2", "github.com/richardlehane/mscfb", "github.com/gabriel-vasile/mimetype"),
		},
		"exchange": {
			knows: append(with(leaves, domain...), "intake"), never: noDatabase,
			modules: with(ofLeaves, "golang.org/x/net", "github.com/gabriel-vasile/mimetype"),
		},
		"exchange/sheet": { // writes workbooks by a library that knows net/http
			knows: append(with(leaves, domain...), "intake"), never: []string{"database/sql", "os/exec"},
			modules: with(ofLeaves, "golang.org/x/net", "github.com/xuri/excelize/v2", "github.com/gabriel-vasile/mimetype"),
		},
		"store": {
			knows:   append(with(leaves, domain...), "strongroom", "identities"),
			modules: append(with(ofLeaves, "github.com/jackc/pgx/v5", "github.com/ncruces/go-sqlite3", "github.com/gofrs/flock"), encryption...),
		},

		"store/storetest": {
			knows:   append(with(leaves, domain...), "store", "strongroom", "identities"),
			modules: append(with(ofLeaves, "github.com/jackc/pgx/v5", "github.com/ncruces/go-sqlite3", "github.com/gofrs/flock", "github.com/google/go-cmp"), encryption...),
		},

		"backup": {
			knows:   append(with(leaves, domain...), "store", "strongroom", "identities"),
			modules: append(with(ofLeaves, "github.com/jackc/pgx/v5", "github.com/ncruces/go-sqlite3", "github.com/gofrs/flock", "filippo.io/age"), encryption...),
		},
		// web speaks to the database through casework and store only: TestWebHasNoSQL.
		"web":             {top: true},
		"web/journeys":    {}, // its tests drive the program from outside
		"web/words":       {knows: []string{"fault"}, modules: []string{"golang.org/x/text"}, never: noNetwork},
		"web/words/sheet": {knows: []string{"fault", "web/words"}, modules: []string{"golang.org/x/text", "github.com/xuri/excelize/v2"}, never: []string{"database/sql", "os/exec"}},
		"derive":          {knows: with(leaves, "intake", "register", "linkage", "tally", "dossier", "verify", "access"), modules: with(ofLeaves, "golang.org/x/image", "golang.org/x/net", "github.com/xuri/excelize/v2", "github.com/richardlehane/mscfb", "github.com/gabriel-vasile/mimetype", "github.com/yuin/goldmark")},
		"casework":        {top: true}, "cmd/recount": {top: true}, "invent": {top: true}, "bench": {top: true},
		"internal/corpus": {never: noNetwork}, "internal/layering": {}, "internal/powercut": {top: true},
	}
}

// TestLayers holds each package to its layer, through everything it imports.
func TestLayers(t *testing.T) {
	t.Parallel()
	packages, all := list(t, "./..."), layers()
	if len(packages) < 20 {
		t.Fatalf("go list found %d packages; this test would say nothing", len(packages))
	}
	for _, path := range slices.Sorted(maps.Keys(packages)) {
		name, ours := ownName(path)
		if !ours {
			continue
		}
		owner, ok := layerOf(all, name)
		if !ok {
			t.Errorf("%s is of no layer: say in docs/design.md and in this test what it may know", name)
			continue
		}
		for _, problem := range broken(packages, all[owner], owner, packages[path].Deps) {
			t.Errorf("%s %s", name, problem)
		}
	}
}

// TestLayersCanFail shows that a package that knows too much is found.
func TestLayersCanFail(t *testing.T) {
	t.Parallel()
	packages, all, tried := list(t, "./..."), layers(), 0
	for name, deps := range map[string][]string{
		"verify":   {module + "/vault"},
		"register": {module + "/store"},
		"tally":    {"database/sql"},
		"linkage":  {"net/http"},
		"edtf":     {module + "/names"},
		"journal":  {"golang.org/x/text/cases"},
	} {
		if _, ok := packages[deps[0]]; !ok {
			continue // nothing in the module has it, so nothing can break this way
		}
		tried++
		if len(broken(packages, all[name], name, deps)) == 0 {
			t.Errorf("%s may know %s", name, deps[0])
		}
	}
	if tried < 4 {
		t.Errorf("only %d of the wrong imports could be tried", tried)
	}
}

// TestWebHasNoSQL holds the pages to casework and store.
func TestWebHasNoSQL(t *testing.T) {
	t.Parallel()
	for path, p := range list(t, "./...") {
		if name, ours := ownName(path); ours && within(name, "web") && slices.Contains(p.Imports, "database/sql") {
			t.Errorf("%s imports database/sql; ask store", name)
		}
	}
}

// broken says what of deps a package of the layer may not know.
func broken(packages map[string]listed, l layer, owner string, deps []string) []string {
	var problems []string
	if l.top {
		return nil
	}
	for _, dep := range deps {
		p := packages[dep]
		name, ours := ownName(dep)
		switch {
		case p.Standard:
			if slices.Contains(l.never, dep) {
				problems = append(problems, "may not know "+dep+" of the standard library")
			}
		case ours:
			if !slices.ContainsFunc(append([]string{owner}, l.knows...), func(known string) bool { return within(name, known) }) {
				problems = append(problems, "may not know "+name)
			}
		case !allowedModule(p, l.modules):
			problems = append(problems, "may not know "+dep)
		}
	}
	return problems
}

// allowedModule reports whether p is of one of the modules or of what those bring
// with them, or is a copy that the standard library keeps of its own.
func allowedModule(p listed, modules []string) bool {
	if p.Module == nil {
		return strings.HasPrefix(p.ImportPath, "vendor/")
	}
	if slices.Contains(modules, p.Module.Path) {
		return true
	}
	for _, m := range modules {
		if slices.Contains(needs()[m], p.Module.Path) {
			return true
		}
	}
	return false
}

// needs are the modules that a module brings with it.
func needs() map[string][]string {
	return map[string][]string{
		"filippo.io/age":                {"filippo.io/hpke", "golang.org/x/crypto"},
		"github.com/jackc/pgx/v5":       {"github.com/jackc/pgpassfile", "github.com/jackc/pgservicefile", "github.com/jackc/puddle/v2", "golang.org/x/sync"},
		"github.com/ncruces/go-sqlite3": {"github.com/ncruces/go-sqlite3-wasm/v6", "github.com/ncruces/julianday"},
		"github.com/xuri/excelize/v2": {
			"github.com/xuri/efp", "github.com/xuri/nfp", "github.com/richardlehane/mscfb", "github.com/richardlehane/msoleps",
			"github.com/tiendc/go-deepcopy", "golang.org/x/crypto", "golang.org/x/net",
		},
		"github.com/richardlehane/mscfb":     {"github.com/richardlehane/msoleps"},
		"github.com/gabriel-vasile/mimetype": {"golang.org/x/net"},
		"github.com/coreos/go-oidc/v3":       {"github.com/go-jose/go-jose/v4"},
		"github.com/go-webauthn/webauthn": {
			"github.com/go-webauthn/x", "github.com/fxamacker/cbor/v2", "github.com/x448/float16", "github.com/go-viper/mapstructure/v2", "github.com/golang-jwt/jwt/v5",
			"github.com/google/go-tpm", "github.com/google/uuid", "github.com/tinylib/msgp", "github.com/philhofer/fwd", "golang.org/x/crypto",
		},
	}
}

// TestExpectedPackages fails as long as a package that docs/design.md names in
// its paragraph "Layers" is not there, so that no rule passes for want of it.
func TestExpectedPackages(t *testing.T) {
	t.Parallel()
	_, paragraph, found := strings.Cut(read(t, "docs/design.md"), "\nLayers ")
	if !found {
		t.Fatal("docs/design.md has no paragraph that begins with Layers")
	}
	paragraph, _, _ = strings.Cut(paragraph, "\n\n")
	packages, all := list(t, "./..."), layers()
	named := 0
	for _, match := range regexp.MustCompile("`([a-z/ ]+)`").FindAllStringSubmatch(paragraph, -1) {
		for name := range strings.FieldsSeq(match[1]) {
			named++
			if _, ok := all[name]; !ok {
				t.Errorf("docs/design.md names the package %s, this test has no layer for it", name)
			}
			if !isThere(packages, name) {
				t.Errorf("docs/design.md names the package %s, and there is none", name)
			}
		}
	}
	if named < 15 {
		t.Errorf("docs/design.md names %d packages in its layers, 15 or more were expected", named)
	}
}

// isThere reports whether there is a package in the folder name, at any depth.
func isThere(packages map[string]listed, name string) bool {
	for path := range packages {
		if within(path, module+"/"+name) {
			return true
		}
	}
	return false
}

func ownName(path string) (string, bool) { return strings.CutPrefix(path, module+"/") }

func within(name, of string) bool { return name == of || strings.HasPrefix(name, of+"/") }

// layerOf is the longest name in the table that name is within.
func layerOf(all map[string]layer, name string) (string, bool) {
	best := ""
	for of := range all {
		if within(name, of) && len(of) > len(best) {
			best = of
		}
	}
	return best, best != ""
}
