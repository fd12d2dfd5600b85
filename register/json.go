// SPDX-License-Identifier: Apache-2.0

package register

import (
	"bytes"
	"encoding/json"
	"time"
)

// In JSON every type is an object with the names of its fields as they are
// hashed, in their order. What is absent is null; a blank is "".

func object(slots []slot) ([]byte, error) {
	var b bytes.Buffer
	for i, s := range slots {
		value, err := json.Marshal(jsonOf(s.at))
		if err != nil {
			return nil, err
		}
		b.WriteByte("{,"[min(i, 1)])
		b.WriteString(`"` + s.name + `":`)
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// jsonOf is what stands at a slot, as a value for json.Marshal.
func jsonOf(at any) any {
	switch p := at.(type) {
	case *int:
		return *p
	case *int64:
		return *p
	case *[]string:
		if *p == nil {
			return []string{}
		}
		return *p
	case *Number:
		if !p.Known {
			return nil
		}
		return p.N
	}
	if v := valueOf(at); v.Present() {
		return v.Text()
	}
	return nil
}

// MarshalJSON writes x as an object of its fields.
func (x Source) MarshalJSON() ([]byte, error) { return object(x.slots()) }

// MarshalJSON writes x as an object of its fields.
func (x Exhibit) MarshalJSON() ([]byte, error) { return object(x.slots()) }

// MarshalJSON writes x as an object of its fields.
func (x Citation) MarshalJSON() ([]byte, error) { return object(x.slots()) }

// MarshalJSON writes x as an object of its fields.
func (x Incident) MarshalJSON() ([]byte, error) { return object(x.slots()) }

// MarshalJSON writes x as an object of its fields.
func (x CaseOpened) MarshalJSON() ([]byte, error) { return object(x.slots()) }

// MarshalJSON writes x as an object of its fields.
func (x Import) MarshalJSON() ([]byte, error) { return object(x.slots()) }

// MarshalJSON writes x as an object of its fields.
func (x Addition) MarshalJSON() ([]byte, error) { return object(x.slots()) }

// MarshalJSON writes x as an object of its fields.
func (x Erasure) MarshalJSON() ([]byte, error) { return object(x.slots()) }

// MarshalJSON writes r as an object of its fields.
func (r Record) MarshalJSON() ([]byte, error) { return object(r.slots()) }

// MarshalJSON writes h as an object of its fields.
func (h Harm) MarshalJSON() ([]byte, error) { return object(h.slots()) }

// MarshalJSON writes g as an object of its fields.
func (g Group) MarshalJSON() ([]byte, error) { return object(g.slots()) }

// MarshalJSON writes x as an object of its fields.
func (x Rung) MarshalJSON() ([]byte, error) { return object(x.slots()) }

// MarshalJSON writes x as an object of its fields.
func (x Extra) MarshalJSON() ([]byte, error) { return object(x.slots()) }

// MarshalJSON writes the six fields that every entry carries.
func (a Act) MarshalJSON() ([]byte, error) {
	return object([]slot{
		{"seq", &a.Seq}, {"time", timeOf(a)}, {"actor", &a.Actor},
		{"reason", &a.Reason}, {"basis", &a.Basis}, {"handling", &a.Handling},
	})
}

// timeOf is the time as it is hashed; null where it was erased.
func timeOf(a Act) *string {
	text := ""
	if !a.Time.IsZero() {
		text = a.Time.UTC().Format(time.RFC3339)
	}
	return &text
}
