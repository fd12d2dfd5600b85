// SPDX-License-Identifier: Apache-2.0

// Package journeys walks the reading room as its users do: in a real Chromium,
// with mouse and keyboard, against the real program and the case that
// `recount demo` invents. It has tests only. They are skipped unless
// RECOUNT_TEST_CHROMIUM names the browser's program; those that judge
// accessibility also need RECOUNT_TEST_AXE, the path of axe-core's axe.min.js.
//
// The pictures of docs/screens are taken by
//
//	go test ./web/journeys -run TestScreens -update
package journeys
