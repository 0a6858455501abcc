import { expect, test } from 'vitest'
import { ofType, read, todayText } from './clinic.ts'

test('twelve practitioners work in eight specialties, each with a schedule', () => {
  const roles = ofType('PractitionerRole')
  expect(new Set(roles.map((each) => each.practitioner!.reference)).size).toBe(12)
  expect(new Set(roles.map((each) => each.specialty![0]!.coding![0]!.code)).size).toBe(8)
  expect(ofType('Schedule')).toHaveLength(roles.length)
})

test('a dermatologist near the first location speaks Spanish', () => {
  const role = ofType('PractitionerRole').find((each) => each.specialty![0]!.text === 'Dermatology')!
  const spoken = read('Practitioner', role.practitioner!.reference!.split('/')[1]!).communication!
  expect(spoken.map((each) => each.text)).toContain('Spanish')
})

test('identifiers of providers end in a valid check digit', () => {
  const numbers = [...ofType('Practitioner'), ...ofType('Organization')]
    .flatMap((each) => each.identifier ?? [])
    .filter((each) => each.system === 'http://hl7.org/fhir/sid/us-npi')
    .map((each) => each.value!)
  expect(numbers).toHaveLength(15)
  expect(new Set(numbers).size).toBe(15)
  expect(numbers.filter((number) => luhn(`80840${number}`) !== 0)).toEqual([])
})

function luhn(digits: string): number {
  const values = [...digits].reverse().map((digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1)
    return value > 9 ? value - 9 : value
  })
  return values.reduce((sum, value) => sum + value, 0) % 10
}

test('every location has a position, an address, hours and a time zone', () => {
  for (const each of ofType('Location')) {
    expect(each.position!.latitude).toBeGreaterThan(42)
    expect(each.address!.city).toBeTruthy()
    expect(each.hoursOfOperation!.length).toBeGreaterThan(0)
    expect(each.extension![0]!.valueCode).toBe('America/New_York')
  }
})

test('slots fill the next three weeks without overlap and outside of holidays', () => {
  const slots = ofType('Slot')
  const days = slots.map((each) => each.start!.slice(0, 10)).sort()
  expect(days[0]! >= todayText).toBe(true)
  expect(days.at(-1)! <= '2026-12-12').toBe(true)
  expect(new Set(slots.map((each) => `${each.schedule.reference} ${each.start}`)).size).toBe(slots.length)
  const thanksgiving = slots.filter((each) => each.start!.startsWith('2026-11-26'))
  expect(thanksgiving.length).toBeGreaterThan(0)
  expect(new Set(thanksgiving.map((each) => each.status))).toEqual(new Set(['busy-unavailable']))
})

test('a slot is taken exactly when an appointment holds it', () => {
  const held = ofType('Appointment')
    .filter((each) => each.status === 'booked' || each.status === 'pending')
    .flatMap((each) => each.slot ?? [])
    .map((each) => each.reference!.split('/')[1])
  const taken = ofType('Slot').filter((each) => each.status === 'busy' || each.status === 'busy-tentative')
  expect(held.length).toBeGreaterThan(40)
  expect(new Set(held).size).toBe(held.length)
  expect(held.sort()).toEqual(taken.map((each) => each.id).sort())
})

test('nobody is booked twice on a day', () => {
  const booked = ofType('Appointment')
    .filter((each) => each.status === 'booked' || each.status === 'pending')
    .map((each) => `${each.participant[0]!.actor!.reference} ${each.start!.slice(0, 10)}`)
  expect(new Set(booked).size).toBe(booked.length)
})

test('appointments are kept, missed, called off, waited for and planned', () => {
  const statuses = new Set(ofType('Appointment').map((each) => each.status))
  expect([...statuses].sort()).toEqual([
    'booked',
    'cancelled',
    'fulfilled',
    'noshow',
    'pending',
    'proposed',
    'waitlist',
  ])
})

test('messages answer each other in order of time', () => {
  const sent = new Map(ofType('Communication').map((each) => [`Communication/${each.id}`, each.sent!]))
  const early = ofType('Communication').filter(
    (each) => each.inResponseTo && sent.get(each.inResponseTo[0]!.reference!)! > each.sent!,
  )
  expect(early).toEqual([])
})

test('the task about the critical value points at it and is done', () => {
  const task = read('Task', 'demo-task-07-critical-potassium')
  const value = read('Observation', task.focus!.reference!.split('/')[1]!)
  expect(task.status).toBe('completed')
  expect(value.interpretation![0]!.coding![0]!.code).toBe('HH')
  expect(task.authoredOn!.slice(0, 10)).toBe(value.effectiveDateTime!.slice(0, 10))
})
