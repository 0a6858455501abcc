/** Summaries of a chart as FHIR documents begin: a Composition with sections. https://hl7.org/fhir/R4/composition.html */
import type { Composition, CompositionSection, Device, Resource } from '@medplum/fhirtypes'
import { dateText, dateWords, instantText, monthsBefore } from '../calendar.ts'
import { clinicianReference, organizationReference, type Person, patientReference } from '../chart.ts'
import { claims, concept, escapeHtml, loinc, narrative, reference, snomed } from '../elements.ts'

type SectionRow = readonly [title: string, code: string, display: string, type: Resource['resourceType']]

const summarized = new Set(['01', '02'])

// biome-ignore format: one section per line reads as a table
const sections: readonly SectionRow[] = [
  ['Problems', '11450-4', 'Problem list - Reported', 'Condition'],
  ['Medicines', '10160-0', 'History of Medication use Narrative', 'MedicationRequest'],
  ['Allergies', '48765-2', 'Allergies and adverse reactions Document', 'AllergyIntolerance'],
  ['Goals', '61146-7', 'Goals Narrative', 'Goal'],
  ['Vaccines', '11369-6', 'History of Immunization Narrative', 'Immunization'],
]

/** `chart` is what stands in the person's chart. */
export function summary(person: Person, chart: readonly Resource[]): Composition[] {
  if (!summarized.has(person.key)) return []
  return [
    {
      resourceType: 'Composition',
      id: `demo-summary-${person.key}`,
      text: narrative(
        `<p><b>Summary of the chart of ${escapeHtml(person.name)}</b></p><p>Prepared ${dateWords(person.today - 1)} at Larkfield Clinic.</p>`,
      ),
      status: 'final',
      type: concept(loinc, '34133-9', 'Summary of episode note', 'Chart summary'),
      subject: patientReference(person),
      date: instantText(person.today - 1, 1020),
      author: [clinicianReference(person.clinician)],
      title: `Summary of the chart of ${person.name}`,
      custodian: organizationReference('clinic'),
      section: sections.flatMap((row) => section(row, chart)),
    },
  ]
}

function section([title, code, display, type]: SectionRow, chart: readonly Resource[]): CompositionSection[] {
  const members = chart.filter((resource) => resource.resourceType === type && isCurrent(resource))
  if (members.length === 0) return []
  const names = members.map((resource) => `<li>${escapeHtml(nameOf(resource))}</li>`)
  return [
    {
      title,
      code: concept(loinc, code, display),
      text: narrative(`<ul>${[...new Set(names)].join('')}</ul>`),
      entry: members.map((resource) => reference(`${resource.resourceType}/${resource.id}`)),
    },
  ]
}

function isCurrent(resource: Resource): boolean {
  if (resource.resourceType === 'Condition') return resource.clinicalStatus?.coding?.[0]?.code === 'active'
  if (resource.resourceType === 'MedicationRequest') return resource.status === 'active'
  return true
}

function nameOf(resource: Resource): string {
  if (resource.resourceType === 'MedicationRequest') return resource.medicationCodeableConcept?.text ?? ''
  if (resource.resourceType === 'Goal') return resource.description.text ?? ''
  if (resource.resourceType === 'Immunization') return resource.vaccineCode.text ?? ''
  return (resource as { code?: { text?: string } }).code?.text ?? ''
}

/** The heart valve of the patient who takes warfarin. */
export function devices(person: Person): Device[] {
  const thread = person.threads.find(({ key }) => key === 'warfarin')
  if (!thread) return []
  const implanted = monthsBefore(person.today, 86)
  return [
    {
      resourceType: 'Device',
      id: `demo-device-${person.key}-valve`,
      meta: claims('implantable-device'),
      udiCarrier: [
        {
          deviceIdentifier: '00812345678906',
          carrierHRF: '(01)00812345678906(17)340101(10)AV2041(21)7730112',
        },
      ],
      status: 'active',
      distinctIdentifier: 'AV2041-7730112',
      manufacturer: 'Harbor Valve Works',
      manufactureDate: dateText(implanted - 300),
      expirationDate: dateText(implanted + 1500),
      lotNumber: 'AV2041',
      serialNumber: '7730112',
      deviceName: [{ name: 'Bileaflet aortic valve, 25 mm', type: 'user-friendly-name' }],
      type: concept(snomed, '25510005', 'Heart valve prosthesis', 'Mechanical heart valve'),
      patient: patientReference(person),
    },
  ]
}
