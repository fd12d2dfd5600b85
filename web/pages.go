// SPDX-License-Identifier: Apache-2.0

package web

// pages has every page's struct by the name of its template. A test checks
// each template against its struct, field by field.
func pages() map[string]any {
	return map[string]any{
		"problem":       &problem{},
		"sign_in":       &signInPage{},
		"cases":         &casesPage{},
		"begin":         &beginPage{},
		"unlock":        &unlockPage{},
		"case_new":      &newCasePage{},
		"account":       &ownAccountPage{},
		"password":      &passwordPage{},
		"recovery":      &recoveryPage{},
		"connect":       &connectPage{},
		"accounts":      &accountsPage{},
		"list":          &listPage{},
		"compare":       &comparePage{},
		"changes":       &changesPage{},
		"groups":        &groupsPage{},
		"own_fields":    &ownFieldsPage{},
		"own_field":     &ownFieldPage{},
		"code_list":     &codeListPage{},
		"receipt":       &receiptPage{},
		"job":           &jobPage{},
		"job_refused":   &refusedJobPage{},
		"link":          &linkPage{},
		"search":        &searchPage{},
		"overview":      &overviewPage{},
		"drafts":        &draftsPage{},
		"exhibits":      &exhibitsPage{},
		"exhibit":       &exhibitPage{},
		"exhibit_new":   &newExhibitPage{},
		"citation":      &citationPage{},
		"citation_form": &citationFormPage{},
		"record_form":   &recordFormPage{},
		"records":       &recordsPage{},
		"record":        &recordPage{},
		"sources":       &sourcesPage{},
		"source":        &sourcePage{},
		"source_form":   &sourceFormPage{},
		"consents":      &consentsPage{},
		"consent":       &consentPage{},
		"consent_form":  &consentFormPage{},
		"incidents":     &incidentsPage{},
		"incident":      &incidentPage{},
		"incident_form": &incidentFormPage{},
		"persons":       &personsPage{},
		"person":        &personPage{},
		"beside":        &besidePage{},
		"help":          &helpPage{},
		"design":        &designPage{},
		"stale":         &stalePage{},

		"members":     &membersPage{},
		"compartment": &compartmentPage{},
		"decisions":   &decisionsPage{},
		"decision":    &decisionPage{},
		"handling":    &handlingPage{},
		"holds":       &holdsPage{},
		"hold":        &holdFormPage{},
		"hide":        &hidePage{},
		"hidden":      &hiddenPage{},
		"seconds":     &secondsPage{},
		"erasure":     &erasurePage{},
		"plan":        &planPage{},

		// Protected identities.
		"identities":    &identitiesPage{},
		"identity_new":  &identityNewPage{},
		"identity":      &identityPage{},
		"identity_open": &revealedPage{},

		// Figures.
		"figures":        &figuresPage{},
		"figure":         &figurePage{},
		"figure_persons": &figurePersonsPage{},
		"contradictions": &contradictionsPage{},
		"define":         &definePage{},

		// Dossiers.
		"dossiers": &dossiersPage{},
		"dossier":  &dossierPage{},
		"edition":  &editionPage{},
		"compose":  &composePage{},
		"freeze":   &freezePage{},

		// The journal.
		"journal":    &journalPage{},
		"entry":      &entryPage{},
		"checkpoint": &checkpointPage{},
		"audit":      &auditPage{},
	}
}
