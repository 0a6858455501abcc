/** Slots of the next three weeks, and appointments: kept, missed, called off, and still to come. */
import type { Appointment, AppointmentParticipant, Resource, ServiceRequest, Slot } from '@medplum/fhirtypes'
import { type Day, dateText, instantText } from '../calendar.ts'
import { clinicianReference, type Person, patientReference } from '../chart.ts'
import { concept, hl7, identifier, ownSystem, reference } from '../elements.ts'
import { randomFrom } from '../random.ts'
import { waitlist } from '../tables/messages.ts'
import { locations } from '../tables/places.ts'
import { specialties } from '../tables/specialties.ts'
import { visitKinds } from '../tables/visit-kinds.ts'
import type { Visit } from '../visit-plan.ts'
import { wasBooked } from '../visits.ts'
import { type Booking, bookingsFor, type OpenSlot, slotsFrom } from './bookings.ts'
import { nucc } from './clinic.ts'
import { roleKey } from './practitioners.ts'

/** Slots first, then the appointments that take them and those of the past. */
export function appointmentResources(today: Day, people: readonly Person[], visits: readonly Visit[]): Resource[] {
  const slots = slotsFrom(today)
  const bookings = bookingsFor(people, slots)
  const bySlot = new Map(bookings.filter((each) => each.status !== 'cancelled').map((each) => [each.slot.key, each]))
  return [
    ...slots.map((slot) => slotResource(slot, bySlot.get(slot.key))),
    ...visits.filter(wasBooked).map(kept),
    ...visits.filter(wasBooked).flatMap(missed),
    ...bookings.map(coming),
    ...waiting(people),
  ]
}

function slotResource(open: OpenSlot, booking: Booking | undefined): Slot {
  const { holiday } = open
  const meeting = randomFrom(`meeting ${open.key}`).chance(0.05)
  const status = holiday ? 'busy-unavailable' : booking ? bookedStatus(booking) : meeting ? 'busy-unavailable' : 'free'
  const specialty = specialties[open.clinician.specialty]
  const comment = holiday ? `Closed: ${holiday}` : !booking && meeting ? 'Team meeting' : undefined
  return {
    resourceType: 'Slot',
    id: `demo-slot-${open.key}`,
    serviceCategory: [hl7('service-category', '17', 'General Practice')],
    specialty: [concept(nucc, specialty.code, specialty.display, specialty.name)],
    appointmentType: hl7('v2-0276', 'ROUTINE', 'Routine appointment - default if not valued'),
    schedule: reference(`Schedule/demo-schedule-${roleKey(open.clinician, open.at)}`),
    status,
    start: instantText(open.day, open.minute),
    end: instantText(open.day, open.minute + 30),
    ...(comment && { comment }),
  }
}

function bookedStatus(booking: Booking): Slot['status'] {
  return booking.status === 'pending' ? 'busy-tentative' : 'busy'
}

/** The appointment behind an encounter that took place. */
function kept(visit: Visit): Appointment {
  return { ...past(`demo-appointment-${visit.key}`, visit, visit.day, 'fulfilled'), description: visit.reason }
}

/** Some visits were followed by one that nobody came to, or that was called off. */
function missed(visit: Visit): Appointment[] {
  const random = randomFrom(`missed ${visit.key}`)
  const day = visit.day + 14
  if (day >= visit.person.today || day > visit.person.until || !random.chance(0.07)) return []
  const forgotten = random.chance(0.4)
  const reason = forgotten
    ? hl7('appointment-cancellation-reason', 'other', 'Other')
    : random.chance(0.7)
      ? hl7('appointment-cancellation-reason', 'pat', 'Patient')
      : hl7('appointment-cancellation-reason', 'prov', 'Provider')
  const [ending, status] = forgotten ? (['missed', 'noshow'] as const) : (['cancelled', 'cancelled'] as const)
  const appointment = past(`demo-appointment-${visit.key}-${ending}`, visit, day, status)
  return [{ ...appointment, cancelationReason: reason, description: 'Follow-up' }]
}

function past(id: string, visit: Visit, day: Day, status: Appointment['status']): Appointment {
  const specialty = specialties[visit.clinician.specialty]
  const { minutes } = visitKinds[visit.kind]
  return {
    resourceType: 'Appointment',
    id,
    status,
    serviceCategory: [hl7('service-category', '17', 'General Practice')],
    specialty: [concept(nucc, specialty.code, specialty.display, specialty.name)],
    appointmentType:
      visit.kind === 'sick'
        ? hl7('v2-0276', 'WALKIN', 'A previously unscheduled walk-in visit')
        : hl7('v2-0276', 'FOLLOWUP', 'A follow up visit from a previous appointment'),
    start: instantText(day, visit.minute),
    end: instantText(day, visit.minute + minutes),
    minutesDuration: minutes,
    created: dateText(Math.min(day, Math.max(visit.person.joined, day - (visit.kind === 'sick' ? 0 : 21)))),
    participant: participants(visit),
  }
}

function participants(visit: Visit): AppointmentParticipant[] {
  return who(visit.person, visit.clinician, visit.kind === 'video' ? undefined : visit.location, 'accepted')
}

function who(
  person: Person,
  clinician: OpenSlot['clinician'],
  at: OpenSlot['at'] | undefined,
  status: AppointmentParticipant['status'],
): AppointmentParticipant[] {
  const place = at && locations[at]
  return [
    { actor: patientReference(person), required: 'required', status },
    { actor: clinicianReference(clinician), required: 'required', status },
    ...(place
      ? [
          {
            actor: reference(`Location/demo-location-${place.number}`, place.name),
            required: 'required',
            status: 'accepted',
          } as AppointmentParticipant,
        ]
      : []),
  ]
}

function coming({ key, person, slot, status, reason, basedOn }: Booking): Appointment {
  const specialty = specialties[slot.clinician.specialty]
  const video = slot.clinician.video === true && reason.includes('video')
  return {
    resourceType: 'Appointment',
    id: `demo-appointment-${key}`,
    identifier: [identifier(ownSystem('appointment'), `LC-A-${key}`)],
    status,
    ...(status === 'cancelled' && { cancelationReason: hl7('appointment-cancellation-reason', 'pat', 'Patient') }),
    serviceCategory: [hl7('service-category', '17', 'General Practice')],
    specialty: [concept(nucc, specialty.code, specialty.display, specialty.name)],
    appointmentType: hl7('v2-0276', 'ROUTINE', 'Routine appointment - default if not valued'),
    reasonCode: [{ text: reason }],
    description: reason,
    start: instantText(slot.day, slot.minute),
    end: instantText(slot.day, slot.minute + 30),
    minutesDuration: 30,
    slot: [reference(`Slot/demo-slot-${slot.key}`)],
    created: dateText(Math.max(person.joined, person.today - 12)),
    ...(video && {
      patientInstruction: 'Open the visit in the portal up to 15 minutes early to test sound and picture.',
    }),
    ...(basedOn && { basedOn: [reference<ServiceRequest>(`ServiceRequest/${basedOn}`)] }),
    participant: who(
      person,
      slot.clinician,
      video ? undefined : slot.at,
      status === 'pending' ? 'needs-action' : 'accepted',
    ),
  }
}

/** People who hope for an earlier time, and requests that the front desk has not answered. */
function waiting(people: readonly Person[]): Appointment[] {
  return waitlist.map((row, index) => {
    const person = people.find((each) => each.key === row.person)!
    const period = { start: dateText(person.today + 1), end: dateText(person.today + row.withinDays) }
    return {
      resourceType: 'Appointment',
      id: `demo-appointment-${row.person}-${row.status}-${index + 1}`,
      status: row.status,
      reasonCode: [{ text: row.reason }],
      description: row.reason,
      requestedPeriod: [period],
      created: dateText(person.today - 2),
      comment: row.comment,
      participant: [
        { actor: patientReference(person), required: 'required', status: 'accepted' },
        { actor: clinicianReference(person.clinician), required: 'required', status: 'needs-action' },
      ],
    }
  })
}
