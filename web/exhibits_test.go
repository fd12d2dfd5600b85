// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"recount/access"
	"recount/derive"
)

// TestMain lets this binary be the bounded child that shows exhibits.
func TestMain(m *testing.M) {
	if len(os.Args) < 3 || os.Args[1] != "derive" {
		os.Exit(m.Run())
	}
	flags := flag.NewFlagSet("derive", flag.ExitOnError)
	var l derive.Limits
	flags.Int64Var(&l.Memory, "memory", 0, "")
	flags.DurationVar(&l.CPU, "cpu", 0, "")
	if err := flags.Parse(os.Args[3:]); err != nil {
		os.Exit(64)
	}
	if err := derive.Child(l, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// upload sends files as the form of a new exhibit does.
func (r *reading) upload(as access.Role, fields map[string]string, files map[string][]byte) *httptest.ResponseRecorder {
	r.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := w.WriteField(name, value); err != nil {
			r.t.Fatal(err)
		}
	}
	for name, content := range files {
		part, err := w.CreateFormFile("file", name)
		if err == nil {
			_, err = part.Write(content)
		}
		if err != nil {
			r.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		r.t.Fatal(err)
	}
	req := httptest.NewRequest("POST", "/case/case-1/exhibits", &body)
	req.Header.Set("Content-Type", w.FormDataContentType())
	if c := r.cookies[as]; c != nil {
		req.AddCookie(c)
	}
	answer := httptest.NewRecorder()
	r.handler.ServeHTTP(answer, req)
	return answer
}

// exhibit uploads one file and answers where its page is.
func (r *reading) exhibit(name string, content []byte) string {
	r.t.Helper()
	w := r.upload(writer, map[string]string{"reason": "a test", "handling": "internal"}, map[string][]byte{name: content})
	if w.Code != http.StatusSeeOther {
		r.t.Fatalf("upload of %s: %d %s", name, w.Code, w.Body)
	}
	to, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	return to
}

// TestFromFileToRecord: a file is brought, a line of it is cited with its
// words, and a record is entered from there.
func TestFromFileToRecord(t *testing.T) {
	t.Parallel()
	r := open(t)
	to, _ := r.post("/case/case-1/sources", url.Values{"name": {"Witness 12"}, "kind": {"witness"}}, http.StatusSeeOther)
	source := to[strings.Index(to, "s-"):][:18]
	page := r.exhibit("statement.txt", []byte("We went to the mill.\nThey shot Aram Velk there, in May.\n"))
	id := page[strings.LastIndex(page, "/")+1:]
	has(t, r.get(page), "They shot Aram Velk there", "scheme=line", "SHA-256")
	form := r.get("/case/case-1/citations/new?exhibit=" + id + "&scheme=line&pinpoint=2")
	has(t, form, "They shot Aram Velk there, in May.</textarea>")
	cited, _ := r.post("/case/case-1/citations", url.Values{
		"exhibit": {id}, "scheme": {"line"}, "pinpoint": {"2"}, "quote": {"They shot Aram Velk there, in May."}, "attribution": {"a witness"},
	}, http.StatusSeeOther)
	has(t, r.get(cited), "the words stand there", "<mark>They shot Aram Velk there, in May.</mark>")
	citation := cited[strings.Index(cited, "c-"):][:18]
	has(t, r.get("/case/case-1/records/new?citation="+citation), "They shot Aram Velk", `value="line 2"`)
	entered, _ := r.post("/case/case-1/records", url.Values{
		"exhibit": {id}, "citation": {citation}, "source": {source}, "pinpoint": {"line 2"}, "name": {"Aram Velk"}, "age": {"17"},
		"sex": {"a boy"}, "sex_code": {"male"}, "harm1_code": {"killed"}, "harm1_date": {"2031-05"}, "harm1_place": {"the mill, Tavresk"},
	}, http.StatusSeeOther)
	has(t, r.get(entered), "Aram Velk", "Witness 12", "a boy", "17 years", "2031-05", "the mill, Tavresk")

	_, refused := r.post("/case/case-1/records", url.Values{
		"exhibit": {id}, "source": {source}, "pinpoint": {"line 2"}, "name": {"Aram Velk"}, "age": {"young"}, "harm1_date": {"yesterday"},
	}, http.StatusUnprocessableEntity)
	has(t, refused, "Aram Velk", "young", "yesterday", "the age cannot be read")
	_, notThere := r.post("/case/case-1/citations", url.Values{"exhibit": {id}, "scheme": {"line"}, "pinpoint": {"2"}, "quote": {"They shot nobody."}}, http.StatusUnprocessableEntity)
	has(t, notThere, "does not stand in exhibit", "They shot nobody.")
}

// TestUploads: a file that lies about its type is shown by its bytes and said
// to, known bytes add nothing, several files are told one by one, and a reader
// cannot send any.
func TestUploads(t *testing.T) {
	t.Parallel()
	r := open(t)
	page := r.exhibit("holiday.png", []byte("<html><script>alert(1)</script><p>Not a picture</p></html>"))
	body := r.get(page)
	has(t, body, "By its name this is image/png", "Not a picture")
	if strings.Contains(body, "<script>alert") {
		t.Error("what a file says is markup in the page")
	}
	w := r.upload(writer, nil, map[string][]byte{"again.html": []byte("<html><script>alert(1)</script><p>Not a picture</p></html>")})
	has(t, r.get(w.Header().Get("Location")), "These bytes were here already")
	// somebody else brings the same bytes: recorded when it is asked for, and once however often it is sent
	second := map[string]string{"received_from": "A second clerk", "again": "yes"}
	w = r.upload(writer, second, map[string][]byte{"again.html": []byte("<html><script>alert(1)</script><p>Not a picture</p></html>")})
	other, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	if other == page || other == "" {
		t.Errorf("the second delivery is %q, the first %q", other, page)
	}
	has(t, r.get(other), "A second clerk", "again.html")
	w = r.upload(writer, second, map[string][]byte{"again.html": []byte("<html><script>alert(1)</script><p>Not a picture</p></html>")})
	if to, _, _ := strings.Cut(w.Header().Get("Location"), "?"); to != other {
		t.Errorf("sent again it is %q, want %q", to, other)
	}
	if w := r.upload(writer, map[string]string{"source": "s-0000000000000000"}, map[string][]byte{"a.txt": []byte("a\n"), "b.txt": []byte("b\n")}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("files of a source that is not there: %d", w.Code)
	} else {
		has(t, w.Body.String(), "a.txt", "b.txt", "s-0000000000000000")
	}
	if w := r.upload(writer, nil, nil); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("no file: %d", w.Code)
	}
	if w := r.upload(access.Reader, nil, map[string][]byte{"a.txt": []byte("a\n")}); w.Code != http.StatusForbidden {
		t.Errorf("a reader's file: %d", w.Code)
	}
	down := r.send(access.Reader, "GET", page+"/file", "")
	if down.Code != http.StatusOK || !strings.HasPrefix(down.Header().Get("Content-Disposition"), "attachment") || !strings.Contains(down.Body.String(), "alert(1)") {
		t.Errorf("download: %d %v", down.Code, down.Header())
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 30, 20))); err != nil {
		t.Fatal(err)
	}
	page = r.exhibit("grey.png", picture.Bytes())
	has(t, r.get(page), `width="30"`, "30 × 20 points")
	shown := r.send(access.Reader, "GET", page+"/picture", "")
	if _, err := png.Decode(shown.Body); err != nil || shown.Header().Get("Content-Type") != "image/png" {
		t.Errorf("the picture: %v %v", err, shown.Header())
	}
	page = r.exhibit("list.csv", []byte("Name,Age\nAram Velk,17\nMira Olten,\n"))
	has(t, r.get(page), "Aram Velk", `id="row-2"`, `value="2"`)
}
