// SPDX-License-Identifier: Apache-2.0

//go:build !race

package derive

// instrumented is how many times more memory and computing time a child of
// these tests takes.
const instrumented = 1
