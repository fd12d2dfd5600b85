// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"reflect"
)

//go:embed templates static
var files embed.FS

// looks has each page's template, by the type of the page's struct.
type looks struct {
	byType map[reflect.Type]*template.Template
}

func newLooks() (*looks, error) {
	all := &looks{byType: map[reflect.Type]*template.Template{}}
	for name, page := range pages() {
		t, err := parse(name)
		if err != nil {
			return nil, err
		}
		all.byType[reflect.TypeOf(page)] = t
	}
	return all, nil
}

// parse reads a page's template with the layout and the parts that all share.
func parse(name string) (*template.Template, error) {
	parts, err := fs.Glob(files, "templates/parts/*.html")
	if err != nil {
		return nil, err
	}
	t := template.New("layout.html").Option("missingkey=error")
	t, err = t.ParseFS(files, append([]string{"templates/layout.html", "templates/" + name + ".html"}, parts...)...)
	if err != nil {
		return nil, fmt.Errorf("template %s: %w", name, err)
	}
	return t, nil
}

// show answers with a page. Nothing is sent before the whole page is made, so
// that an error never follows half of one. page is a pointer to one of pages().
func (s *Server) show(v *visit, page any) error {
	t, ok := s.looks.byType[reflect.TypeOf(page)]
	if !ok {
		return fmt.Errorf("%T is not one of pages()", page)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, page); err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if v.status != 0 {
		v.w.WriteHeader(v.status)
	}
	_, err := b.WriteTo(v.w)
	if err != nil {
		return errDone // the reader went away
	}
	return nil
}
