// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"recount/access"
	"recount/casework"
	"recount/consent"
	"recount/figure"
	"recount/identities"
	"recount/intake"
	"recount/intake/mapping"
	"recount/register"
	"recount/store"
	"recount/strongroom"
)

// planted is a case in which every kind of thing is there in every handling
// class, each with words that stand nowhere else: planted, the class, and where
// they stand, as in plantedsealedquote.
type planted struct {
	*reading
	ids   map[string][]string // by the wildcard of an address
	words map[string][]string // by tag
	of    map[string]string   // the handling of each tag
	in    string              // the compartment
	// briefly: lists are asked for once, not for each of their filters.
	briefly bool
}

// viewer is somebody who walks: by the cookie, and what access says of them.
type viewer struct {
	cookie access.Role
	access.Account
}

// viewers are one of each role, some of whom are in the compartment, and nobody.
func (p *planted) viewers() []viewer {
	all := []viewer{{cookie: ""}}
	for _, role := range everybody() {
		who := access.Account{ID: "any", Role: inArchive(role)}
		switch {
		case role == writer:
			who = who.In(access.Seat{Roles: access.EveryWork(), Compartments: []string{p.in}})
		case slices.Contains(access.CaseRoles(), role):
			seat := access.Seat{Roles: []access.Role{role}}
			if role == access.Lawyer || role == access.Publisher {
				seat.Compartments = []string{p.in}
			}
			who = who.In(seat)
		}
		all = append(all, viewer{role, who})
	}
	return all
}

func (p *planted) word(class, where string) string {
	p.t.Helper()
	w := "planted" + class + where
	p.words[class] = append(p.words[class], w)
	return w
}

func (p *planted) check(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func plant(t *testing.T) *planted {
	return plantIn(t, open(t))
}

func plantIn(t *testing.T, in *reading) *planted {
	p := &planted{reading: in, ids: map[string][]string{}, words: map[string][]string{}}
	for _, role := range access.CaseRoles() {
		p.seat(role)
	}
	k, err := p.desk().DescribeCompartment(context.Background(), register.Compartment{Name: p.word("sealed", "compartment"), Members: []string{"A lawyer", "A publisher", "A writer"}}, casework.Why{Reason: p.word("sealed", "need")})
	p.check(err)
	p.in, p.ids["compartment"] = k.ID, []string{k.ID}
	p.of = map[string]string{"sealed": "sealed/" + k.ID, "kept": "confidential/" + k.ID}
	plain, err := p.desk().DescribeSource(context.Background(), register.Source{Name: "Everybody's source", Kind: "ngo"}, casework.Why{Reason: "a test", Handling: "internal"})
	p.check(err)
	p.ids["source"] = append(p.ids["source"], plain.ID)
	everybodys := p.plantExhibit(plain.ID, "public", "public", "plain")
	gone := p.plantGone(plain.ID)
	leaf := p.ids["record"][0]
	for _, c := range register.HandlingCodes() {
		if c.Code == "sealed" {
			p.plantClass(plain.ID, everybodys, "kept")
		} else {
			p.of[c.Code] = c.Code
		}
		p.plantClass(plain.ID, everybodys, c.Code)
	}
	p.plantFields(plain.ID, everybodys)
	p.seal()
	p.hold(gone, leaf)
	p.check(p.Case.Index(context.Background(), nil))
	p.check(p.Case.Read(context.Background(), func(r store.Reader) error {
		for n := range r.Size() {
			p.ids["entry"] = append(p.ids["entry"], fmt.Sprint(n))
		}
		return nil
	}))
	p.ids["edition"], p.ids["job"] = []string{"1"}, []string{"1"}
	return p
}

// plantClass puts one of each kind in, of a class; and an exhibit and a record
// that are open but for the source that speaks in them.
func (p *planted) plantClass(plain, everybodys, class string) {
	ctx := context.Background()
	why := func(where string) casework.Why {
		return casework.Why{Reason: p.word(class, "reason"+where), Handling: p.first(class)}
	}
	source, err := p.desk().DescribeSource(ctx, register.Source{Name: p.word(class, "source"), Kind: "witness", Note: "a note"}, why("source"))
	p.check(err)
	own := p.plantExhibit(plain, class, p.first(class), "own")
	of := p.plantExhibit(source.ID, class, "internal", "of")
	cited, err := p.desk().Clerk().Cite(ctx, register.Citation{Exhibit: of, Scheme: "line", Pinpoint: "1", Quote: "planted" + class + "textof"}, intake.Act{Reason: "a test", Handling: "internal"})
	p.check(err)
	p.plantList(plain, class)
	p.plantRecord(plain, own, class, "internal", "inexhibit")
	p.plantRecord(source.ID, of, class, "internal", "ofsource")
	p.plantRecord(plain, everybodys, class, p.first(class), "itself")
	incident, err := p.desk().DescribeIncident(ctx, register.Incident{Title: p.word(class, "incident"), Place: p.word(class, "place"), Kind: "unknown", Context: "unknown"}, why("incident"))
	p.check(err)
	fig, err := p.desk().DefineFigure(ctx, figure.Definition{Title: p.word(class, "figure"), Unit: figure.Unit, Harms: []string{"killed"}, Rule: figure.Rule}, why("figure"))
	p.check(err)
	dossier, err := p.desk().ComposeDossier(ctx, "", p.word(class, "dossier"), []byte("---\nlang: en\n---\n\nIt is said: "+p.word(class, "statement")+".\n"), why("dossier"))
	p.check(err)
	agreed, err := p.desk().GiveConsent(ctx, consent.Consent{
		Subject: source.ID, Uses: consent.Rules{{Purpose: "ngo", Recipient: "any", Form: "any", Answer: "yes"}}, ExplainedBy: p.word(class, "explainer"), Note: p.word(class, "consentnote"),
	}, casework.Why{Reason: p.word(class, "reasonconsent"), Handling: "internal"})
	p.check(err)
	closed, err := p.desk().GiveConsent(ctx, consent.Consent{
		Subject: plain, Uses: consent.Rules{{Purpose: "ngo", Recipient: "any", Form: "any", Answer: "yes"}}, ObtainedBy: p.word(class, "obtainer"),
	}, casework.Why{Reason: p.word(class, "reasonclosed"), Handling: p.first(class)})
	p.check(err)
	_, err = p.desk().StateBasis(ctx, consent.Basis{Source: source.ID, Ground: "duty", LegalBasis: p.word(class, "law")}, casework.Why{Reason: p.word(class, "reasonbasis"), Handling: "internal"})
	p.check(err)
	p.ids["consent"] = append(p.ids["consent"], agreed.ID, closed.ID)
	p.plantIdentity(class, source.ID, dossier.ID, why)
	for name, id := range map[string]string{"source": source.ID, "citation": cited.Citation.Citation, "incident": incident.ID, "figure": fig.ID, "dossier": dossier.ID} {
		p.ids[name] = append(p.ids[name], id)
	}
}

// plantFields puts an open record in, of which few see some fields.
func (p *planted) plantFields(plain, everybodys string) {
	ctx := context.Background()
	s, err := mapping.ParseStatement(fmt.Appendf(nil, `{"format":"recount record/1","source":%q,"exhibit":%q,"pinpoint":"2","handling":"internal","record":{"name":"Open name","occupation":%q,"father":%q},"own":{"Phone":%q},"harms":[{"code":"killed","alleged":%q}]}`,
		plain, everybodys, p.word("restricted", "occupation"), p.word("kept", "father"), p.word("restricted", "phone"), p.word("sealed", "alleged")))
	p.check(err)
	added, err := p.desk().Clerk().AddRecord(ctx, s, intake.Act{Reason: "a test", Handling: "internal"})
	p.check(err)
	p.ids["record"] = append(p.ids["record"], added.Leaf.String())
	for field, to := range map[string]string{"occupation": p.of["restricted"], "father": p.of["kept"]} {
		_, err := p.desk().Close(ctx, "field", field, to, casework.Why{Reason: "a test"})
		p.check(err)
	}
	_, err = p.desk().Declare(ctx, register.OwnFile{
		Fields: []register.ClassedField{
			{OwnField: register.OwnField{Field: "Phone", Labels: []string{"en " + p.word("restricted", "ownlabel")}, Type: "text"}, Handling: p.of["restricted"]},
			{OwnField: register.OwnField{Field: "Plot", Type: "code", CodeList: "l-plots"}},
		},
		Lists: []register.CodeList{{CodeList: "l-plots", Codes: []string{register.OwnCode{Code: "east"}.Line()}}},
	}, casework.Why{Reason: "a test", Basis: "duty"})
	p.check(err)
	second := p.desk()
	second.Actor = "A lawyer"
	q, err := p.desk().Propose(ctx, register.Proposal{Act: "seal", SubjectKind: "field", Subject: "alleged", To: p.of["sealed"]}, casework.Why{Reason: "a test"})
	p.check(err)
	_, err = second.Confirm(ctx, q.ID, casework.Why{Reason: "a test"})
	p.check(err)
}

// plantGone puts in what will be hidden, with all that comes with it.
func (p *planted) plantGone(plain string) string {
	p.of["gone"] = register.HiddenAs("internal")
	source, err := p.desk().DescribeSource(context.Background(), register.Source{Name: p.word("gone", "source"), Kind: "witness"}, casework.Why{Reason: "a test", Handling: "internal"})
	p.check(err)
	p.ids["source"] = append(p.ids["source"], source.ID)
	of := p.plantExhibit(source.ID, "gone", "internal", "of")
	p.plantRecord(source.ID, of, "gone", "internal", "ofsource")
	return source.ID
}

// hold has one person place a hold on every source, and propose to lift it; one
// source is hidden, and to be shown again.
func (p *planted) hold(gone, leaf string) {
	ctx := context.Background()
	tagged := append(slices.Clone(p.ids["source"][:1]), p.ids["source"][2:]...) // one of each tag, after everybody's
	for i, tag := range p.tags() {
		h, err := p.desk().PlaceHold(ctx, register.Hold{SubjectKind: "source", Subject: tagged[i+1], Ground: p.word(tag, "ground")}, casework.Why{Reason: p.word(tag, "reasonhold"), Handling: "internal"})
		p.check(err)
		q, err := p.desk().ProposeLifting(ctx, h.ID, casework.Why{Reason: p.word(tag, "reasonlift"), Handling: "internal"})
		p.check(err)
		p.ids["hold"], p.ids["decision"] = append(p.ids["hold"], h.ID), append(p.ids["decision"], q.ID)
		detail := fmt.Sprintf(`{"plan_sha256":"00","ground":%q,"keep":{"e-1":%q}}`, p.word(tag, "erasing"), p.word(tag, "keeping"))
		q, err = p.desk().Propose(ctx, register.Proposal{Act: "erase", SubjectKind: "person", Subject: p.ids["person"][i], Detail: detail}, casework.Why{Reason: p.word(tag, "reasonerase"), Handling: p.of[tag]})
		p.check(err)
		p.ids["decision"] = slices.Insert(p.ids["decision"], 1, q.ID)
	}
	for kind, subject := range map[string]string{"source": gone, "record": leaf} {
		h, err := p.desk().Hide(ctx, register.Hiding{SubjectKind: kind, Subject: subject}, casework.Why{Reason: "a test"})
		p.check(err)
		p.ids["hiding"] = append(p.ids["hiding"], fmt.Sprint(h.Seq))
	}
	q, err := p.desk().ProposeShowing(ctx, "source", gone, casework.Why{Reason: "a test"})
	p.check(err)
	p.ids["decision"] = slices.Insert(p.ids["decision"], 1, q.ID) // where nobody agrees to it (acts)
}

// tags are those of what is planted of every class, in order.
func (p *planted) tags() (all []string) {
	for _, c := range register.HandlingCodes() {
		if c.Code == "sealed" {
			all = append(all, "kept")
		}
		all = append(all, c.Code)
	}
	return all
}

// plantIdentity protects somebody, who has a pseudonym in a dossier and was
// opened once. Whoever walks is shown who it is by no page.
func (p *planted) plantIdentity(class, source, dossier string, why func(string) casework.Why) {
	ctx := context.Background()
	pass, err := strongroom.Passphrase("gulls over the old harbour")
	p.check(err)
	second := p.desk()
	second.Actor = "A lawyer"
	if is, err := second.IsOpener(ctx); err != nil || !is {
		p.check(err)
		_, err := second.BecomeOpener(ctx, pass, strongroom.LeastCost(), casework.Why{Reason: "a test", Basis: "duty", Handling: "public"})
		p.check(err)
	}
	secret := "nevertobeshown" + class
	x := casework.ToProtect{Pseudonym: p.word(class, "pseudonym"), StandsFor: source, Openers: []string{"A lawyer"}, Content: identities.Content{Names: []string{secret}, Contact: secret, Note: secret}}
	done, err := p.desk().Protect(ctx, x, why("identity"))
	p.check(err)
	p.ids["identity"] = append(p.ids["identity"], done.ID)
	_, _, err = p.desk().GivePseudonym(ctx, register.GivenPseudonym{Identity: done.ID, Dossier: dossier, Pseudonym: p.word(class, "called")}, why("called"))
	p.check(err)
	asked, err := p.desk().ProposeReveal(ctx, done.ID, p.word(class, "whom"), why("asked"))
	p.check(err)
	got, err := second.Reveal(ctx, asked.ID, "", pass, why("opened"))
	p.check(err)
	if got.Content.Note != secret {
		p.t.Fatal("what was sealed is not what is opened: this test would say nothing")
	}
	p.ids["decision"] = append(p.ids["decision"], asked.ID)
}

// first is the handling that a thing of a tag has when it is planted: nothing is
// born sealed.
func (p *planted) first(tag string) string {
	if tag == "sealed" {
		return "restricted/" + p.in
	}
	return p.of[tag]
}

// plantList puts a list in and imports it, by a mapping that says a word of its own.
func (p *planted) plantList(source, class string) {
	path := filepath.Join(p.t.TempDir(), "list.csv")
	p.check(os.WriteFile(path, []byte("Name\n"+p.word(class, "listed")+"\n"), 0o600))
	act := intake.Act{Reason: "a test", Handling: p.first(class)}
	kept, err := p.desk().Clerk().Preserve(context.Background(), path, intake.Delivery{Source: source, Title: "A list", Act: act})
	p.check(err)
	m, err := mapping.Parse(fmt.Appendf(nil, `{"format":"recount mapping/1","row":"person","title":%q,"handling":%q,"record":{"name":"Name"}}`, p.word(class, "mapping"), p.first(class)))
	p.check(err)
	_, err = p.desk().Clerk().Import(context.Background(), intake.Order{Act: act, Exhibit: kept.Exhibit.Exhibit, Source: source, Mapping: m})
	p.check(err)
	p.ids["exhibit"], p.ids["list"] = append(p.ids["exhibit"], kept.Exhibit.Exhibit), append(p.ids["list"], kept.Exhibit.Exhibit)
}

// seal has two people seal what is to be: one proposes, another agrees.
func (p *planted) seal() {
	ctx := context.Background()
	second := p.desk()
	second.Actor = "A lawyer"
	for _, kind := range []string{"source", "exhibit", "incident", "figure", "dossier", "record", "consent", "identity"} {
		for _, id := range p.ids[kind] {
			var now string
			p.check(p.Case.Read(ctx, func(r store.Reader) (err error) {
				now, err = r.HandlingOf(ctx, kind, id)
				return err
			}))
			if now != p.first("sealed") {
				continue
			}
			q, err := p.desk().Propose(ctx, register.Proposal{Act: "seal", SubjectKind: kind, Subject: id, To: p.of["sealed"]}, casework.Why{Reason: "a test"})
			p.check(err)
			p.ids["decision"] = append(p.ids["decision"], q.ID)
			_, err = second.Confirm(ctx, q.ID, casework.Why{Reason: p.word("sealed", "agreed"+kind)})
			p.check(err)
		}
	}
}

func (p *planted) plantExhibit(source, class, handling, where string) string {
	path := filepath.Join(p.t.TempDir(), p.word(class, "file"+where)+".txt")
	p.check(os.WriteFile(path, []byte(p.word(class, "text"+where)+" was said at the ferry.\n"), 0o600))
	kept, err := p.desk().Clerk().Preserve(context.Background(), path, intake.Delivery{
		Source: source, Title: p.word(class, "title"+where), Custody: p.word(class, "custody"+where), Act: intake.Act{Reason: "a test", Handling: handling},
	})
	p.check(err)
	p.ids["exhibit"] = append(p.ids["exhibit"], kept.Exhibit.Exhibit)
	return kept.Exhibit.Exhibit
}

// plantRecord adds two records of one name, so that there is a person beside another.
func (p *planted) plantRecord(source, exhibit, class, handling, where string) {
	ctx := context.Background()
	name, note, place, plot := p.word(class, "name"+where), p.word(class, "note"+where), p.word(class, "harm"+where), p.word(class, "plot"+where)
	for range 2 {
		s, err := mapping.ParseStatement(fmt.Appendf(nil, `{"format":"recount record/1","source":%q,"exhibit":%q,"pinpoint":"1","handling":%q,"record":{"name":%q,"note":%q,"child":"yes","age":"30"},"own":{"Plot":%q},"harms":[{"code":"killed","date":"2031-05-02","place":%q}]}`,
			source, exhibit, handling, name, note, plot, place))
		p.check(err)
		added, err := p.desk().Clerk().AddRecord(ctx, s, intake.Act{Reason: "a test", Handling: "internal"})
		p.check(err)
		p.ids["record"] = append(p.ids["record"], added.Leaf.String())
		p.check(p.Case.Read(ctx, func(r store.Reader) error {
			person, err := r.PersonOf(ctx, added.Leaf)
			p.ids["person"] = append(p.ids["person"], person)
			return err
		}))
	}
}

// addresses are those of a route with every id that there is.
func (p *planted) addresses(path string) []string {
	path = strings.ReplaceAll(strings.ReplaceAll(path, "{case}", "case-1"), "{$}", "")
	if strings.Contains(path, "{other}") { // the other of its name, and one of another place or class
		var all []string
		persons := p.ids["person"]
		for i, one := range persons {
			for _, other := range []string{persons[i^1], persons[(i+2)%len(persons)]} {
				all = append(all, strings.NewReplacer("{person}", one, "{other}", other).Replace(path))
			}
		}
		return all
	}
	m := wildcard.FindStringSubmatch(path)
	if m == nil {
		return []string{path}
	}
	ids := p.ids[m[1]]
	switch m[1] {
	case "file":
		ids = []string{"recount.css"}
	case "account":
		ids = []string{"a-0000000000000000"}
	case "passkey", "connection":
		ids = []string{"v-0000000000000000"}
	case "session":
		ids = []string{"v-0000000000000000"}
	}
	if len(ids) == 0 {
		p.t.Fatalf("nothing is planted for {%s} in %s: give it ids, so that this route is walked", m[1], path)
	}
	var all []string
	for _, id := range ids {
		all = append(all, p.addresses(strings.Replace(path, m[0], id, 1))...)
	}
	return all
}

// asked are the fields that pages take in their address.
func (p *planted) asked(address string) []string {
	all := []string{address}
	for _, field := range []string{"source", "exhibit", "citation", "incident", "person", "figure", "dossier"} {
		for _, id := range p.ids[field][max(0, len(p.ids[field])-2):] { // the most closed of them
			all = append(all, address+"?"+url.Values{field: {id}}.Encode())
		}
	}
	return all
}

// TestNothingLeaks walks every route, as everybody, with the id of everything,
// and reads each answer for words that whoever asks may not see. Each word has
// to be shown to somebody who may see it: else its absence would say nothing.
// With -short only a reader asks, and the lists once, not for each of their filters.
func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	p := plant(t)
	if p.briefly = testing.Short(); p.briefly {
		p.walked(access.Reader)
		return
	}
	p.walked(append(everybody(), "")...)
}

// walked has those of the viewers walk who are named; "" has no session.
func (p *planted) walked(roles ...access.Role) {
	walkers := slices.DeleteFunc(p.viewers(), func(w viewer) bool { return !slices.Contains(roles, w.cookie) })
	for _, who := range walkers {
		p.reads(who)
	}
	for _, who := range walkers { // an act of one changes what the others would be shown
		p.acts(who)
	}
}

// reads walks all that can be looked at.
func (p *planted) reads(who viewer) {
	seen := map[string]bool{}
	role, scope := who.cookie, access.ScopeOf(who.Account)
	for _, route := range p.routes {
		method, path, _ := strings.Cut(route.pattern, " ")
		if method != http.MethodGet {
			continue
		}
		addresses := p.addresses(path)
		if len(addresses) > 6 && strings.HasSuffix(path, "/erase") { // says nothing of the thing but its id
			addresses = slices.Concat(addresses[:1], addresses[len(addresses)-5:])
		}
		for i, address := range addresses {
			all, end := []string{address}, i == 0 || i == len(addresses)-1 // what everybody sees, and hardly anybody
			if !p.briefly && end && (strings.HasSuffix(path, "/new") || strings.HasSuffix(path, "s") || strings.HasSuffix(path, "/search") || strings.HasSuffix(path, "/journal")) {
				all = p.asked(address)
			}
			for _, one := range all {
				p.look(role, scope, seen, method, one, "")
			}
		}
	}
	for _, id := range p.ids["list"] { // a form can begin with the mapping of each list
		p.look(role, scope, seen, http.MethodGet, "/case/case-1/lists/new?exhibit="+p.ids["exhibit"][0]+"&like="+id, "")
	}
	for _, query := range []string{"search?q=planted", "search?q=said", "records?name=planted", "journal?before=40", "figures/contradictions?kind=flag-age",
		"fields/one?field=Plot", "fields/one?field=Phone", "fields/codes?list=l-plots"} {
		p.look(role, scope, seen, http.MethodGet, "/case/case-1/"+query, "")
	}
	p.shown(role, scope, seen)
}

// acts sends every form, about the first thing of each kind, which everybody may
// see, and about the last ones, which hardly anybody may.
func (p *planted) acts(who viewer) {
	for _, route := range p.routes {
		method, path, _ := strings.Cut(route.pattern, " ")
		if method != http.MethodPost || path == "/sign-out" || path == "/settings" {
			continue // those two say nothing of a case
		}
		all := p.addresses(path)
		if len(all) > 6 {
			all = slices.Concat(all[:1], all[len(all)-5:])
		}
		if len(all) > 1 && (strings.HasSuffix(path, "/erase") || strings.HasSuffix(path, "/plan")) { // each looks through the whole case
			all = slices.Concat(all[:1], all[len(all)-1:])
		}
		for _, address := range all {
			p.look(who.cookie, access.ScopeOf(who.Account), map[string]bool{}, method, address, "reason=a+test&handling=internal&title=x&name=x")
		}
	}
}

// look sends one request and reads the whole answer.
func (p *planted) look(role access.Role, scope access.Scope, seen map[string]bool, method, address, form string) {
	w := p.send(role, method, address, form)
	text := strings.ToLower(fmt.Sprint(w.Header()) + w.Body.String())
	if strings.Contains(text, "nevertobeshown") {
		p.t.Errorf("%q is shown who a protected person is: %s %s", role, method, address)
	}
	for class, all := range p.words {
		if !strings.Contains(text, "planted"+class) {
			continue
		}
		for _, word := range all {
			if strings.Contains(text, word) {
				seen[word] = true
			}
		}
		if !scope.Admits(p.of[class]) || role == "" {
			at := strings.Index(text, "planted"+class)
			p.t.Errorf("%q may not see what is %s: %s %s answers %d with …%s…", role, class, method, address, w.Code, text[max(0, at-60):min(len(text), at+60)])
		}
	}
}

// shown: whoever may see a word has seen it somewhere.
func (p *planted) shown(role access.Role, scope access.Scope, seen map[string]bool) {
	if role == "" {
		return
	}
	for class, all := range p.words {
		for _, word := range all {
			if scope.Admits(p.of[class]) && !seen[word] {
				p.t.Errorf("%q may see %s and no page shows it: this test says nothing of it", role, word)
			}
		}
	}
}

// TestActsOnWhatIsHidden: an act on a thing that may not be seen is refused as
// one on a thing that is not there, and nothing is recorded.
func TestActsOnWhatIsHidden(t *testing.T) {
	t.Parallel()
	p := plant(t)
	before := len(p.ids["entry"])
	hidden := func(kind string) string { return p.ids[kind][len(p.ids[kind])-1] } // planted last: sealed
	gone := map[string]string{"source": "s-00000000000000ff", "person": "p-00000000000000ff", "exhibit": "e-00000000000000ff", "incident": "i-00000000000000ff"}
	for _, test := range []struct {
		as                  access.Role
		kind, address, form string
	}{
		{access.Investigator, "source", "/case/case-1/sources/{id}", "name=x&kind=ngo&reason=x&base_seq=3"},
		{access.Investigator, "incident", "/case/case-1/incidents/{id}", "title=x&kind=unknown&context=unknown&reason=x&base_seq=3"},
		{access.Analyst, "person", "/case/case-1/persons/{id}/split", "record=" + hidden("record") + "&reason=x"},
		{access.Analyst, "person", "/case/case-1/persons/" + p.ids["person"][0] + "/beside/{id}/merge", "reason=x"},
		{access.Analyst, "person", "/case/case-1/persons/{id}/beside/" + p.ids["person"][0] + "/distinguish", "reason=x"},
		{access.Investigator, "exhibit", "/case/case-1/citations", "exhibit={id}&scheme=line&pinpoint=1&quote=planted&reason=x"},
		{access.Investigator, "exhibit", "/case/case-1/lists", "exhibit={id}&step=columns&reason=x"},
		{access.Investigator, "source", "/case/case-1/records", "source={id}&exhibit=" + p.ids["exhibit"][0] + "&pinpoint=1&name=x&reason=x"},
	} {
		ask := func(id string) (int, string) {
			w := p.send(test.as, http.MethodPost, strings.ReplaceAll(test.address, "{id}", id), strings.ReplaceAll(test.form, "{id}", id))
			return w.Code, strings.ReplaceAll(w.Body.String(), id, "ID")
		}
		code, page := ask(hidden(test.kind))
		codeGone, pageGone := ask(gone[test.kind])
		if code != http.StatusNotFound || codeGone != code || page != pageGone {
			t.Errorf("%s of a hidden %s: %d, of one that is not there: %d; 404 and the same page are right", test.address, test.kind, code, codeGone)
		}
	}
	w := p.send(access.Custodian, http.MethodPost, "/case/case-1/sources", "name=x&kind=ngo&reason=x&handling=sealed")
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("sealing by one person: %d", w.Code)
	}
	p.check(p.Case.Read(context.Background(), func(r store.Reader) error {
		if int(r.Size()) != before {
			t.Errorf("%d entries, %d before: something was recorded", r.Size(), before)
		}
		return nil
	}))
}
