// SPDX-License-Identifier: Apache-2.0

// Package store keeps archives: the journal, the keys and the projections of
// each case, on SQLite or on PostgreSQL, and the one way to write them, Act.
package store
