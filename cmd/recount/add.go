// SPDX-License-Identifier: Apache-2.0

package main

import (
	"recount/access"
	"recount/casework"
	"recount/register"
)

type addCmd struct {
	Source   addSourceCmd   `cmd:"" help:"A person, body, publication or list that speaks."`
	Exhibit  addExhibitCmd  `cmd:"" help:"Preserve files: each becomes an exhibit."`
	Incident addIncidentCmd `cmd:"" help:"A happening that harms are tied to."`
	Record   addRecordCmd   `cmd:"" help:"What one source says about one person, from a JSON file."`
	Citation addCitationCmd `cmd:"" help:"A place in an exhibit, with the words that stand there."`
}

type addSourceCmd struct {
	once
	Name         string   `arg:"" help:"Its name, as a dossier may say it."`
	ID           string   `name:"id" placeholder:"s-…" help:"Describe this source anew instead of adding one."`
	Kind         string   `default:"list" help:"${source_kinds}"`
	Affiliation  string   `placeholder:"TEXT" help:"The party or body that it belongs to."`
	Independence string   `placeholder:"TEXT" help:"Sources of one group copy each other and count as one."`
	Reliability  string   `placeholder:"A-F" help:"A (completely) to E (unreliable), F (cannot be judged)."`
	DerivedFrom  []string `placeholder:"s-…" help:"Sources that it draws on."`
	Language     string   `placeholder:"TAG" help:"BCP 47 tag, such as en or hy."`
	Note         string   `placeholder:"TEXT" help:"Anything else."`
	act
}

// Help is shown under the command's flags.
func (addSourceCmd) Help() string {
	return `Every record, quotation and figure belongs to a source. Two lists that copy from one another are not two witnesses: give both the
same --independence, or name the older with --derived-from.

Prints the source's id. Exit codes: 0 recorded · 3 a source named does not exist · 8 not accepted · 64 usage.`
}

// Run carries the command out.
func (x *addSourceCmd) Run(d *desk) error {
	return d.work(access.Receive, func(desk casework.Desk) error {
		done, err := desk.DescribeSource(d.ctx, register.Source{
			Source: x.ID, Name: x.Name, Kind: x.Kind, Affiliation: x.Affiliation, Independence: x.Independence,
			Reliability: x.Reliability, DerivedFrom: x.DerivedFrom, Language: x.Language, Note: x.Note,
		}, x.under(x.why()))
		if err != nil {
			return err
		}
		return d.answerDone(done, "source "+x.Name+" recorded")
	})
}

type addIncidentCmd struct {
	once
	Title   string `arg:"" help:"What it is called here."`
	ID      string `name:"id" placeholder:"i-…" help:"Describe this incident anew instead of adding one."`
	When    string `placeholder:"EDTF" help:"When: 1992-02-26, 1992-02, 1992-02-25/1992-02-26, 1992~."`
	Place   string `placeholder:"TEXT" help:"Where, as written."`
	Kind    string `placeholder:"KIND" help:"${incident_kinds}"`
	Context string `placeholder:"CONTEXT" help:"${contexts}"`
	Parent  string `placeholder:"i-…" help:"The incident that it is part of."`
	Note    string `placeholder:"TEXT" help:"Anything else."`
	act
}

// Help is shown under the command's flags.
func (addIncidentCmd) Help() string {
	return `A date is an interval, never an instant: write what is known and no more. 1992-02 is February, 1992-02-25/1992-02-26 a night.

Prints the incident's id. Exit codes: 0 recorded · 3 the parent does not exist · 8 not accepted · 64 usage.`
}

// Run carries the command out.
func (x *addIncidentCmd) Run(d *desk) error {
	return d.work(access.Receive, func(desk casework.Desk) error {
		done, err := desk.DescribeIncident(d.ctx, register.Incident{
			Incident: x.ID, Title: x.Title, WhenWritten: x.When, When: x.When, PlaceWritten: x.Place, Place: x.Place,
			Kind: x.Kind, Context: x.Context, Parent: x.Parent, Note: x.Note,
		}, x.under(x.why()))
		if err != nil {
			return err
		}
		return d.answerDone(done, "incident "+x.Title+" recorded")
	})
}
