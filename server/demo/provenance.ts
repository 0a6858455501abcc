/** Who wrote what, for the people whose charts are shown in full. https://hl7.org/fhir/R4/provenance.html */
import type { Provenance, Reference, Resource } from '@medplum/fhirtypes'
import { instantText } from './calendar.ts'
import { clinicianReference, organizationReference, type Person, patientReference } from './chart.ts'
import { claims, coding, hl7, reference, usCoreCodeSystem } from './elements.ts'
import type { PractitionerRow } from './tables/practitioners.ts'
import type { Visit } from './visit-plan.ts'
import { encounterReference } from './visits.ts'

const shownInFull = new Set(['01', '02', '03', '04'])

/** One Provenance for each visit with all that was written at it, and one for the rest of the chart. */
export function provenances(
  people: readonly Person[],
  visits: readonly Visit[],
  record: readonly Resource[],
): Provenance[] {
  const shown = people.filter((person) => shownInFull.has(person.key))
  const byContext = Map.groupBy(record, contextOf)
  return shown.flatMap((person) => [
    registration(person, byContext.get(patientReference(person).reference) ?? []),
    ...visits
      .filter((visit) => visit.person === person)
      .map((visit) => ofVisit(visit, byContext.get(encounterReference(visit).reference) ?? [])),
  ])
}

/** The encounter a resource belongs to, else its patient. */
function contextOf(resource: Resource): string | undefined {
  const part = resource as {
    readonly encounter?: Reference
    readonly context?: Reference & { readonly encounter?: Reference[] }
    readonly subject?: Reference | Reference[]
    readonly patient?: Reference
    readonly beneficiary?: Reference
  }
  const patient = part.patient ?? part.beneficiary ?? (Array.isArray(part.subject) ? part.subject[0] : part.subject)
  const encounter = part.encounter ?? part.context?.encounter?.[0] ?? part.context
  return encounter?.reference ?? patient?.reference
}

function registration(person: Person, rest: readonly Resource[]): Provenance {
  const targets = rest.filter((resource) => resource.resourceType !== 'Encounter').map(pathOf)
  const recorded = instantText(person.today - 1, 1021)
  const all = [patientReference(person).reference!, ...targets]
  return written(`demo-provenance-${person.key}-chart`, person.clinician, recorded, all)
}

function ofVisit(visit: Visit, made: readonly Resource[]): Provenance {
  // The patient is a target: only so is it part of their record.
  const targets = [patientReference(visit.person), encounterReference(visit)].map(({ reference }) => reference!)
  const all = [...targets, ...made.map(pathOf)]
  return written(`demo-provenance-${visit.key}`, visit.clinician, instantText(visit.day, 1021), all)
}

function pathOf(resource: Resource): string {
  return `${resource.resourceType}/${resource.id}`
}

function written(id: string, clinician: PractitionerRow, recorded: string, targets: readonly string[]): Provenance {
  const clinic = organizationReference('clinic')
  return {
    resourceType: 'Provenance',
    id,
    meta: claims('provenance'),
    target: targets.map((target) => reference(target)),
    recorded,
    activity: hl7('v3-DataOperation', 'CREATE', 'create'),
    agent: [
      {
        type: hl7('provenance-participant-type', 'author', 'Author'),
        who: clinicianReference(clinician),
        onBehalfOf: clinic,
      },
      {
        type: {
          coding: [coding(usCoreCodeSystem('us-core-provenance-participant-type'), 'transmitter', 'Transmitter')],
          text: 'Transmitter',
        },
        who: clinic,
      },
    ],
  }
}
