/** Vaccines given here, and those that other places reported. https://hl7.org/fhir/R4/immunization.html */
import type { Immunization } from '@medplum/fhirtypes'
import { type Day, dateText, dayOf, instantText, monthsBefore, weekdayOf, yearOf } from '../calendar.ts'
import { ageOn, clinicianReference, type Person, patientReference } from '../chart.ts'
import { claims, concept, hl7, quantity, reference } from '../elements.ts'
import { randomFrom } from '../random.ts'
import { locations } from '../tables/places.ts'
import {
  adultVaccines,
  childVaccines,
  covid,
  influenza,
  influenzaHighDose,
  type VaccineRow,
} from '../tables/vaccines.ts'
import type { Visit } from '../visit-plan.ts'
import { encounterReference } from '../visits.ts'

interface Dose {
  readonly key: string
  readonly vaccine: VaccineRow
  readonly number: number
  readonly due: Day
}

const daysNearVisit = 25
const withVaccines = new Set<Visit['kind']>(['wellChild', 'wellAdult', 'followUp', 'prenatal'])
const declined = new Set(['26 covid', '39 flu', '54 flu'])

/** The vaccination record of one person. */
export function immunizations(person: Person, visits: readonly Visit[]): Immunization[] {
  if (person.row.mergedInto) return []
  return [...scheduledDoses(person), ...seasonalDoses(person)]
    .filter((dose) => dose.due >= person.birth && dose.due <= person.until)
    .map((dose) => immunization(person, dose, visits))
}

/** A vaccine that was given at a visit is charged with it. */
export function vaccinesAt(visit: Visit, record: readonly Immunization[]): Immunization[] {
  const here = encounterReference(visit).reference
  return record.filter((each) => each.encounter?.reference === here && each.status === 'completed')
}

function scheduledDoses(person: Person): Dose[] {
  const young = ageOn(person, person.today) < 19
  const table = young ? childVaccines : adultVaccines
  const earliest = young ? person.birth : monthsBefore(person.today, 120)
  return Object.entries(table).flatMap(([key, vaccine]) =>
    vaccine.due
      .map((months, index) => ({ key, vaccine, number: index + 1, due: monthsBefore(person.birth, -months) }))
      .filter((dose) => dose.due >= earliest),
  )
}

/** The last five falls, counted back from the newest, so that a dose keeps its id through the year. */
function seasonalDoses(person: Person): Dose[] {
  const year = yearOf(person.today)
  const lastFall = dayOf(year, 10, 1) <= person.today - 50 ? year : year - 1
  return [0, 1, 2, 3, 4].flatMap((back) => {
    const random = randomFrom(`fall ${person.key} ${back}`)
    const due = dayOf(lastFall - back, 10, 1) + random.int(0, 45)
    const old = ageOn(person, due) >= 65
    const young = ageOn(person, due) < 0.5
    const known = due >= person.joined && !young
    const flu = { key: 'flu', vaccine: old ? influenzaHighDose : influenza, number: 5 - back, due }
    const covidDose = { key: 'covid', vaccine: covid, number: 2 - back, due: due + 1 }
    return [
      ...(known && random.chance(0.78) ? [flu] : []),
      ...(known && back < 2 && ageOn(person, due) >= 12 && random.chance(0.45) ? [covidDose] : []),
    ]
  })
}

function immunization(person: Person, dose: Dose, visits: readonly Visit[]): Immunization {
  const visit = dose.number > 0 && dose.due > person.birth ? nearest(visits, dose.due) : undefined
  const elsewhere = !visit && (dose.due < person.joined || dose.due === person.birth)
  const day = visit?.day ?? clinicDayBefore(dose.due, person.birth)
  const refused = declined.has(`${person.key} ${dose.key}`)
  const random = randomFrom(`lot ${dose.key} ${yearOf(day)} ${Math.floor(day / 60)}`)
  return {
    resourceType: 'Immunization',
    id: `demo-immunization-${person.key}-${dose.key}-${dose.number}`,
    meta: claims('immunization'),
    status: refused ? 'not-done' : 'completed',
    ...(refused && { statusReason: hl7('v3-ActReason', 'PATOBJ', 'patient objection') }),
    vaccineCode: concept('http://hl7.org/fhir/sid/cvx', dose.vaccine.cvx, dose.vaccine.display, dose.vaccine.name),
    patient: patientReference(person),
    ...(visit && { encounter: encounterReference(visit) }),
    occurrenceDateTime: visit ? instantText(day, visit.minute + 22) : dateText(day),
    primarySource: !elsewhere,
    ...(elsewhere && { reportOrigin: hl7('immunization-origin', 'jurisdiction', 'Jurisdictional IIS') }),
    ...(!elsewhere && !refused && given(dose, day, random.int(1000, 9999))),
    ...(!elsewhere && {
      location: reference(`Location/demo-location-${locations[visit?.location ?? 'main'].number}`),
      performer: [
        {
          function: hl7('v2-0443', 'AP', 'Administering Provider'),
          actor: clinicianReference(visit?.clinician ?? person.clinician),
        },
      ],
    }),
    ...(isSeries(dose) && { protocolApplied: [{ doseNumberPositiveInt: dose.number }] }),
  }
}

/** Boosters and seasonal vaccines are not counted. */
function isSeries(dose: Dose): boolean {
  return dose.vaccine.due.length > 0 && dose.key !== 'td'
}

function given(dose: Dose, day: Day, lot: number): Partial<Immunization> {
  const oral = dose.vaccine.site === 'mouth'
  const thigh = dose.vaccine.site === 'thigh'
  return {
    lotNumber: `${dose.key.slice(0, 2).toUpperCase()}${lot}`,
    expirationDate: dateText(day + 240),
    ...(oral ? {} : { site: hl7('v3-ActSite', ...(thigh ? leftThigh : leftArm)) }),
    route: hl7('v3-RouteOfAdministration', ...(oral ? swallowed : intoMuscle)),
    doseQuantity: quantity(oral ? 1 : 0.5, 'mL'),
  }
}

const leftThigh: [string, string] = ['LT', 'left thigh']
const leftArm: [string, string] = ['LA', 'left arm']
const swallowed: [string, string] = ['PO', 'Swallow, oral']
const intoMuscle: [string, string] = ['IM', 'Injection, intramuscular']

function nearest(visits: readonly Visit[], due: Day): Visit | undefined {
  const near = visits.filter((visit) => withVaccines.has(visit.kind) && Math.abs(visit.day - due) <= daysNearVisit)
  return near.sort((a, b) => Math.abs(a.day - due) - Math.abs(b.day - due))[0]
}

/** Vaccines without a visit are given on a weekday. */
function clinicDayBefore(day: Day, birth: Day): Day {
  const back = weekdayOf(day) === 'sun' ? 2 : weekdayOf(day) === 'sat' ? 1 : 0
  return Math.max(birth, day - back)
}
