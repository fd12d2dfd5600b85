// SPDX-License-Identifier: Apache-2.0

package backup

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"recount/access"
	"recount/fault"
)

const officeFormat = "recount office/1"

// office is the file of accounts. Sessions and sign-in links are not in it.
type office struct {
	Format   string    `json:"format"`
	Accounts []account `json:"accounts"`
}

type account struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role string `json:"role"`
}

func marshalOffice(accounts []access.Account) ([]byte, error) {
	o := office{Format: officeFormat, Accounts: []account{}}
	for _, a := range accounts {
		o.Accounts = append(o.Accounts, account{a.ID, a.Name, string(a.Role)})
	}
	return json.Marshal(o)
}

func readOffice(r io.Reader) (accounts []access.Account, err error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	var o office
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&o); err != nil {
		return nil, fmt.Errorf("%w: the accounts: %w", fault.Invalid, err)
	}
	if o.Format != officeFormat {
		return nil, fmt.Errorf("%w: the accounts have the format %.40q; %q is read", fault.Invalid, o.Format, officeFormat)
	}
	for _, a := range o.Accounts {
		accounts = append(accounts, access.Account{ID: a.ID, Name: a.Name, Role: access.Role(a.Role)})
	}
	return accounts, nil
}

func trimNew(name string) string { return strings.TrimSuffix(name, ".new") }
