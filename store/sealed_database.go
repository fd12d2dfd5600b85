// SPDX-License-Identifier: Apache-2.0

package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"lukechampine.com/adiantum"
	"lukechampine.com/adiantum/hbsh"

	"recount/fault"
)

// Epochs of databases that no epoch key belongs to.
const (
	noEpoch      int64 = 0  // the office: under the master key alone
	passingEpoch int64 = -1 // made and removed again by this process
)

// label names a database file to the file system that encrypts it. It is no
// secret, and so may stand where SQLite and its errors show it.
func (d disk) label(file string) (string, error) {
	path, err := d.sealing.path(file)
	return strconv.FormatInt(d.epoch, 10) + "/" + path, err
}

// under is the disk for databases of an epoch.
func (d disk) under(epoch int64) disk {
	d.epoch = epoch
	return d
}

// databaseKey derives the key of a database file from the master key and the
// epoch key of its case (docs/formats/keyring.md): when an erasure destroys the
// epoch key, older copies of the case's databases are lost with it.
func (s *sealing) databaseKey(label string) ([32]byte, error) {
	number, path, _ := strings.Cut(label, "/")
	epoch, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return [32]byte{}, fmt.Errorf("%w: the label %q of a database", fault.Invalid, label)
	}
	var salt []byte
	switch epoch {
	case noEpoch:
	case passingEpoch:
		salt = s.passing[:]
	default:
		parts := strings.Split(path, "/")
		if len(parts) != 3 {
			return [32]byte{}, fmt.Errorf("%w: the label %q of a database", fault.Invalid, label)
		}
		key, err := readEpoch(Config{Dir: s.dir, sealing: s}, casePath(s.dir, "keys", parts[1]), epoch)
		if err != nil {
			return [32]byte{}, err
		}
		defer clear(key[:])
		salt = key[:]
	}
	return s.key.Derive(salt, "database\n"+path)
}

// creator gives each database file its cipher by its label.
type creator struct{ s *sealing }

// KDF makes creator an adiantum.HBSHCreator. Files of SQLite's own that have no
// name get a key that nobody keeps.
func (c creator) KDF(label string) []byte {
	if label == "" {
		key := make([]byte, 32)
		if _, err := io.ReadFull(rand.Reader, key); err != nil {
			return nil
		}
		return key
	}
	key, err := c.s.databaseKey(label)
	if err != nil {
		return nil // SQLite is told of a bad key; openable has told people before
	}
	return key[:]
}

// HBSH makes creator an adiantum.HBSHCreator.
func (creator) HBSH(key []byte) *hbsh.HBSH {
	if len(key) != 32 {
		return nil
	}
	return adiantum.New(key)
}

// openable says what keeps a database file from being opened, in words; SQLite
// would only say that its key is bad.
func (d disk) openable(file string) error {
	if d.sealing == nil {
		return nil
	}
	label, err := d.label(file)
	if err != nil {
		return err
	}
	key, err := d.sealing.databaseKey(label)
	clear(key[:])
	return err
}

// sealedBlock is what is encrypted as one: the VFS's block, with its place in
// the file as the tweak.
const sealedBlock = 4096

// readHead reads the beginning of a database file, of which it decrypts the
// first block where the archive is encrypted.
func (d disk) readHead(file string, head []byte) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	defer f.Close() // only read from
	if d.sealing == nil {
		_, err := io.ReadFull(f, head)
		return err
	}
	label, err := d.label(file)
	if err != nil {
		return err
	}
	key, err := d.sealing.databaseKey(label)
	if err != nil {
		return err
	}
	defer clear(key[:])
	block := make([]byte, sealedBlock)
	if _, err := io.ReadFull(f, block); err != nil {
		return err
	}
	copy(head, adiantum.New(key[:]).Decrypt(block, make([]byte, 8))) // at 0
	return nil
}

// tooShort tells that a file ends before its head does.
func tooShort(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
