// SPDX-License-Identifier: Apache-2.0

// Package web is the reading room: a case in a browser, page by page, made on
// the server and complete without scripts (docs/design.md, "web").
//
// To add a page: a line in sitemap.go with the act that it asks for; a handler
// that returns an error or shows a page; a struct that embeds base and a
// template of its name, both listed in pages.go; its words in words/en and
// words/ar. Tests fail for what was forgotten.
package web
