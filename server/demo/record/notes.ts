/** Clinical notes: which visits have one, of what kind, and what it says. */
import type { Resource } from '@medplum/fhirtypes'
import { dateWords, monthsBefore } from '../calendar.ts'
import { clinicianName, clinicianReference, organizationReference } from '../chart.ts'
import { interpret, panelValues, rangeFor } from '../results/measured-values.ts'
import { conclusionOf, rangeWords } from '../results/result-words.ts'
import { analytes, panels } from '../tables/analytes.ts'
import { specialties } from '../tables/specialties.ts'
import type { Visit } from '../visit-plan.ts'
import { diagnosesAt, encounterReference } from '../visits.ts'
import { bodyAt } from './body.ts'
import { document, type NoteType } from './documents.ts'
import { medicinesOn } from './medicines.ts'
import { allergyLine, assessment, howThePatientFeels, letterhead, measurementsLine } from './note-words.ts'

const monthsOfNotes = 12
const wellDocumented = new Set(['01', '02', '03', '04'])
const titles: Readonly<Partial<Record<NoteType, string>>> = {
  progress: 'Progress note',
  consult: 'Consultation',
  history: 'History and physical on admission',
  discharge: 'Discharge summary',
  laboratory: 'Laboratory report',
}

/** The notes of a person's visits. */
export function notes(visits: readonly Visit[]): Resource[] {
  return visits.flatMap((visit, index) => typesFor(visit, visits.slice(0, index)).flatMap((type) => note(visit, type)))
}

function typesFor(visit: Visit, earlier: readonly Visit[]): NoteType[] {
  if (visit.kind === 'hospital') return ['history', 'discharge', 'laboratory']
  if (visit.kind === 'procedure' || visit.kind === 'bloodDraw') return []
  const known = wellDocumented.has(visit.person.key)
  if (!known && visit.day < monthsBefore(visit.person.today, monthsOfNotes)) return []
  const consulted = specialties[visit.clinician.specialty].department === 'specialty-care'
  const first = !earlier.some((other) => other.clinician.key === visit.clinician.key && other.kind !== 'bloodDraw')
  return consulted && first ? ['consult'] : ['progress']
}

function note(visit: Visit, type: NoteType): Resource[] {
  const title = titles[type]!
  const late = type === 'discharge' ? 3 : 0
  const laboratory = type === 'laboratory'
  const stored = document({
    key: `${visit.key}-${type}`,
    person: visit.person,
    day: visit.day + late,
    minute: 985,
    type,
    title: type === 'progress' ? `${title}: ${visit.reason}` : title,
    text: [...letterhead(visit, title), '', ...textOf(visit, type)].join('\n'),
    author: laboratory ? organizationReference('laboratory') : clinicianReference(visit.clinician),
    encounter: encounterReference(visit),
  })
  return [...stored.resources]
}

function textOf(visit: Visit, type: NoteType): string[] {
  if (type === 'laboratory') return laboratoryText(visit)
  if (type === 'discharge') return dischargeText(visit)
  if (type === 'history') return [...visitText(visit), '', 'Plan: nothing by mouth, fluids, ultrasound today.']
  return [...visitText(visit), '', nextStep(visit), '', clinicianName(visit.clinician)]
}

function visitText(visit: Visit): string[] {
  const problems = [...visit.problems, ...diagnosesAt(visit).filter((key) => !visit.problems.includes(key))]
  const taken = medicinesOn(visit.person, visit.day)
  return [
    `Reason for visit: ${visit.reason}`,
    `How the patient feels: ${howThePatientFeels(visit)}`,
    `Allergies: ${allergyLine(visit.person)}`,
    `Medicines after this visit: ${taken.length > 0 ? taken.join('; ') : 'none'}`,
    `Measured: ${measurementsLine(visit, bodyAt(visit))}`,
    '',
    'Assessment and plan',
    ...assessment(visit, problems),
    ...(visit.panels.length > 0
      ? [`Blood tests today: ${visit.panels.map((key) => panels[key].name).join(', ')}.`]
      : []),
  ]
}

function nextStep(visit: Visit): string {
  if (visit.kind === 'sick') return 'Next: come back if this is not better within a week, sooner if it gets worse.'
  if (visit.kind === 'prenatal') return 'Next: prenatal visit as scheduled.'
  return 'Next: follow-up as planned; questions are welcome through the portal.'
}

function dischargeText(visit: Visit): string[] {
  return [
    `Reason for admission: ${visit.reason}`,
    'Course: ultrasound showed gallstones with acute inflammation of the gallbladder. The gallbladder was removed by keyhole surgery on the first day without complications. Antibiotics were stopped on the second day.',
    `Home on ${dateWords(visit.day + 3)}, walking and eating, with mild pain.`,
    '',
    'Medicines: acetaminophen as needed; all earlier medicines continue; metformin starts again today.',
    'Follow-up: visit at Larkfield Clinic within three weeks. Light activity for two weeks, no lifting over 10 pounds.',
    'Call the clinic for fever, yellow eyes, or pain that gets worse.',
    '',
    clinicianName(visit.clinician),
  ]
}

function laboratoryText(visit: Visit): string[] {
  return visit.panels.flatMap((panel) => {
    const row = panels[panel]
    const values = panelValues(visit.person, visit.day, row.analytes, visit.key)
    const measured = [...values].map(([key, value]) => {
      const range = rangeFor(visit.person, visit.day, key)
      return { key, value, range, interpretation: interpret(analytes[key]!, range, value) }
    })
    const lines = measured.map(({ key, value, range, interpretation }) =>
      `  ${analytes[key]!.name}: ${value} ${analytes[key]!.unit} (${rangeWords(range)}) ${interpretation === 'N' ? '' : interpretation}`.trimEnd(),
    )
    return [row.name, ...lines, `Impression: ${conclusionOf(measured)}`, '']
  })
}
