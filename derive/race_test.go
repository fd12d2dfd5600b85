// SPDX-License-Identifier: Apache-2.0

//go:build race

package derive

// instrumented is how many times more memory and computing time a child built
// for the race detector takes: its shadow of all data counts as data, too.
const instrumented = 6
