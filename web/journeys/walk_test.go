// SPDX-License-Identifier: Apache-2.0

package journeys

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// notPages are lines of the site map that answer with something else than a page of the room.
var notPages = []string{
	"/static/{file}", "/case/{case}/exhibits/{exhibit}/picture", "/case/{case}/exhibits/{exhibit}/file",
	"/case/{case}/exhibits/{exhibit}/mapping", "/case/{case}/fields/file",
	"/case/{case}/records/worksheet", "/case/{case}/exhibits/{exhibit}/refused", // files; tests of the package have them
	"/audit",                                                                      // likewise an auditor's, of the archive
	"/case/{case}/audit",                                                          // an auditor's, to whom no other page of a case is shown; TestDoorAccessible passes it
	"/sign-in/institution", "/sign-in/institution/answer", "/account/institution", // lead to an institution and back, where there is one; TestInstitution passes them
	"/case/{case}/decisions/{decision}/text", // a file; a test of the package has it
	"/case/{case}/decisions/{decision}/plan", // is there as long as the work takes; TestTwoErase passes it
	"/case/{case}/jobs/{job}",                // is there as long as the work takes; TestImportList passes it
}

// patterns are the addresses of the site map that can be looked at.
func patterns(t *testing.T) []string {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("..", "sitemap.go"))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, m := range regexp.MustCompile(`\{"GET (\S+)", `).FindAllStringSubmatch(string(source), -1) {
		if !slices.Contains(notPages, m[1]) {
			all = append(all, m[1])
		}
	}
	if len(all) < 30 {
		t.Fatalf("the site map has %d pages; this test would say nothing", len(all))
	}
	return all
}

// matches tells the pattern that an address is of, the most exact one.
func matches(patterns []string, address string) (found string) {
	address, _, _ = strings.Cut(address, "?")
	for _, p := range patterns {
		exact := regexp.MustCompile(`\\\{[^}]*\\\}`).ReplaceAllString(regexp.QuoteMeta(strings.ReplaceAll(p, "{$}", "")), `[^/]+`)
		if regexp.MustCompile("^"+exact+"$").MatchString(address) && (found == "" || strings.Count(p, "{") < strings.Count(found, "{")) {
			found = p
		}
	}
	return found
}

// tour is an address for each page of the site map, found by following links
// from the cases: what no link leads to would be found missing.
func (r *room) tour() map[string]string {
	r.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		r.t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	secret, err := url.Parse(r.invite("Guide of the test"))
	if err != nil {
		r.t.Fatal(err)
	}
	r.keepApart("Guide of the test")
	answer, err := client.PostForm(r.address+"/sign-in", secret.Query())
	if err != nil {
		r.t.Fatal(err)
	}
	_ = answer.Body.Close()
	all := patterns(r.t)
	found, seen, waiting := map[string]string{"/sign-in": "/sign-in"}, map[string]bool{}, []string{"/", "/help", in(), in("drafts")}
	waiting = append(waiting, in("search")+"?q=Krobakirk", r.besides(client))
	for len(waiting) > 0 && len(found) < len(all) {
		address := waiting[0]
		waiting = waiting[1:]
		pattern := matches(all, address)
		if _, known := found[pattern]; pattern == "" || known || seen[address] {
			continue
		}
		seen[address] = true
		links, err := linksOf(client, r.address, address)
		if err != nil {
			r.t.Fatal(err)
		}
		found[pattern] = address
		waiting = append(waiting, links...)
	}
	for _, p := range all {
		if found[p] == "" {
			r.t.Errorf("no link leads to a page of %s", p)
		}
	}
	return found
}

// ownFields declare a field of the case's own, whose name is in one of the languages
// of the pages alone.
const ownFields = `{"format": "recount own fields/1",
  "fields": [{"field": "Weapon", "labels": {"en": "Weapon"}, "type": "code", "list": "l-weapon"}],
  "lists": [{"list": "l-weapon", "codes": [{"code": "firearm", "labels": {"en": "Firearm", "ar": "سلاح ناري"}}, {"code": "rifle", "parent": "firearm", "spellings": ["long gun"]}]}]}`

// keepApart makes a compartment for somebody, and proposes what another person has
// to agree to, so that the pages of both have something to show.
func (r *room) keepApart(name string) {
	r.t.Helper()
	r.stage.run(r.t, "member", "compartment", "Those who were at the mill (invented)", "--member", name, "--archive", r.archive)
	source := regexp.MustCompile(`s-[0-9a-f]{16}`).FindString(r.stage.run(r.t, "show", "sources", "--archive", r.archive))
	r.stage.run(r.t, "decide", "propose", "source", source, "--to", "public", "--reason", "It was printed (invented).", "--archive", r.archive)
	persons := regexp.MustCompile(`p-[0-9a-f]{16}`).FindAllString(r.stage.run(r.t, "show", "persons", "--archive", r.archive), -1)
	r.stage.run(r.t, "hide", persons[len(persons)-1], "--reason", "Was threatened (invented).", "--archive", r.archive)
	for file, text := range map[string]string{"openers": openersPhrase + "\n", "who": "name: Sorvane Teldrick\n", "fields": ownFields} {
		if err := os.WriteFile(filepath.Join(filepath.Dir(r.archive), file), []byte(text), 0o600); err != nil {
			r.t.Fatal(err)
		}
	}
	r.stage.run(r.t, "field", "declare", filepath.Join(filepath.Dir(r.archive), "fields"), "--archive", r.archive)
	r.stage.run(r.t, "--actor", "Demo analyst", "identity", "passphrase", "--new-identity-passphrase-file", filepath.Join(filepath.Dir(r.archive), "openers"), "--archive", r.archive)
	r.stage.run(r.t, "--actor", "Demo analyst", "identity", "protect", "--opener", "Demo analyst", "--from", filepath.Join(filepath.Dir(r.archive), "who"), "--archive", r.archive)
}

// besides is the page that compares two persons of the case.
func (r *room) besides(client *http.Client) string {
	r.t.Helper()
	links, err := linksOf(client, r.address, in("persons")+"?linked=1")
	if err != nil {
		r.t.Fatal(err)
	}
	var ids []string
	for _, l := range links {
		if id, ok := strings.CutPrefix(l, in("persons")+"/p-"); ok && !slices.Contains(ids, "p-"+id) {
			ids = append(ids, "p-"+id)
		}
	}
	if len(ids) < 2 {
		r.t.Fatal("the case has not two persons to compare")
	}
	return in("persons", ids[0], "beside", ids[1])
}

// linksOf are the addresses within the room that a page leads to, forms that
// only look included.
func linksOf(client *http.Client, room, address string) ([]string, error) {
	answer, err := client.Get(room + address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", address, answer.Status)
	}
	here, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	var links []string
	for tokens := html.NewTokenizer(answer.Body); ; {
		switch tokens.Next() {
		case html.ErrorToken:
			if err := tokens.Err(); !errors.Is(err, io.EOF) {
				return nil, err
			}
			return links, nil
		case html.StartTagToken:
			for _, a := range tokens.Token().Attr {
				if a.Key != "href" {
					continue
				}
				to, err := here.Parse(a.Val)
				if err != nil {
					return nil, err
				}
				if to.Host == "" {
					links = append(links, to.RequestURI())
				}
			}
		}
	}
}
