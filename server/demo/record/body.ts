/** How tall, heavy and calm each person is on a given day: the numbers behind the vital signs. */
import type { Day } from '../calendar.ts'
import { ageOn, curveValue, type Person } from '../chart.ts'
import { rounded } from '../elements.ts'
import { randomFrom } from '../random.ts'
import type { ConditionKey } from '../tables/conditions.ts'
import { medianHead, medianHeight, medianWeight, restingBreaths, restingPulse, spread } from '../tables/growth.ts'
import type { Curve } from '../tables/story.ts'
import type { Visit } from '../visit-plan.ts'

/** One set of measurements, in metric units. */
export interface Body {
  readonly height: number
  readonly weight: number
  readonly bmi: number
  readonly head: number
  readonly systolic: number
  readonly diastolic: number
  readonly pulse: number
  readonly breaths: number
  readonly temperature: number
  readonly oxygen: number
}

/** Percentiles of a child against children of the same age and sex. */
export interface Percentiles {
  readonly height: number
  readonly weight: number
  readonly bmi: number
  readonly head: number
  readonly weightForLength: number
}

const feverish = new Set<ConditionKey>(['strep', 'flu', 'covid', 'earInfection'])
const breathless = new Set<ConditionKey>(['covid', 'bronchitis', 'flu'])

/** What is measured at a visit. */
export function bodyAt(visit: Visit): Body {
  const { person, day } = visit
  const random = randomFrom(`body ${visit.key}`)
  const height = heightOn(person, day)
  const weight = weightOn(person, day) * (1 + random.normal() * 0.005)
  const age = ageOn(person, day)
  const complaint = visit.complaint?.condition
  const fever = (complaint && feverish.has(complaint)) || visit.kind === 'hospital'
  const strained = fever ? 12 : 0
  return {
    height: rounded(height, 1),
    weight: rounded(weight, age < 2 ? 2 : 1),
    bmi: rounded(weight / (height / 100) ** 2, 1),
    head: rounded(headOn(person, age), 1),
    ...pressure(person, day, random.normal() * 4),
    pulse: Math.round(told(person, day, 'pulse', at(restingPulse, age)) + random.normal() * 4 + strained),
    breaths: Math.round(at(restingBreaths, age) + random.normal() + strained / 6),
    temperature: rounded((fever ? 38.4 : 36.7) + random.normal() * 0.2, 1),
    oxygen: oxygen(person, day, random.normal(), complaint !== undefined && breathless.has(complaint)),
  }
}

/** Where a child stands; exact to whole percents, never 0 or 100. */
export function percentilesAt({ person, day }: Visit, { height, weight, bmi, head }: Body): Percentiles {
  const age = ageOn(person, day)
  const sex = person.row.sex
  const medianBmi = at(medianWeight[sex], age) / (at(medianHeight[sex], age) / 100) ** 2
  return {
    height: percentile(height, at(medianHeight[sex], age), spread.height),
    weight: percentile(weight, at(medianWeight[sex], age), spread.weight),
    bmi: percentile(bmi, medianBmi, spread.bmi),
    head: percentile(head, at(medianHead[sex], age), spread.head),
    weightForLength: percentile(bmi, medianBmi, spread.bmi * 0.9),
  }
}

function pressure(person: Person, day: Day, noise: number): Pick<Body, 'systolic' | 'diastolic'> {
  const age = ageOn(person, day)
  const own = randomFrom(`pressure ${person.key}`).normal() * 4
  const [systolic, diastolic] =
    age < 18
      ? [87 + age * 1.7, 51 + age * 1.1]
      : [107 + age * 0.22, age < 60 ? 68 + age * 0.15 : 80 - (age - 60) * 0.15]
  return {
    systolic: Math.round(told(person, day, 'systolic', systolic + own) + noise),
    diastolic: Math.round(told(person, day, 'diastolic', diastolic + own / 2) + noise * 0.6),
  }
}

function oxygen(person: Person, day: Day, noise: number, lowered: boolean): number {
  const usual = told(person, day, 'oxygen', 98)
  return Math.min(100, Math.round(usual + noise * 0.7 - (lowered ? 1.5 : 0)))
}

function told(person: Person, day: Day, of: 'pulse' | 'systolic' | 'diastolic' | 'oxygen', usual: number): number {
  return curveValue(person, day, (story) => story[of]) ?? usual
}

function heightOn(person: Person, day: Day): number {
  return at(medianHeight[person.row.sex], ageOn(person, day)) * (1 + build(person).height * spread.height)
}

/** Children follow their line of the chart; adults keep a body mass index of their own. */
function weightOn(person: Person, day: Day): number {
  const age = ageOn(person, day)
  const extra = curveValue(person, day, (story) => story.weight) ?? 0
  if (age < 20) return at(medianWeight[person.row.sex], age) * Math.exp(build(person).weight * spread.weight) + extra
  const bmi = Math.min(34, 25.4 + build(person).weight * 2.9)
  return bmi * (heightOn(person, day) / 100) ** 2 + extra
}

function headOn(person: Person, age: number): number {
  return at(medianHead[person.row.sex], age) * (1 + build(person).height * 0.6 * spread.head)
}

function build(person: Person): { height: number; weight: number } {
  const random = randomFrom(`build ${person.key}`)
  const height = random.normal() * 0.8
  return { height, weight: height * 0.5 + random.normal() * 0.7 }
}

function at(curve: Curve, age: number): number {
  const next = curve.findIndex(([years]) => years >= age)
  if (next === 0) return curve[0]![1]
  if (next === -1) return curve.at(-1)![1]
  const [youngerAge, younger] = curve[next - 1]!
  const [olderAge, older] = curve[next]!
  return younger + ((older - younger) * (age - youngerAge)) / (olderAge - youngerAge)
}

/** The normal distribution's share below `value`, by the logistic approximation. */
function percentile(value: number, median: number, deviation: number): number {
  const z = Math.log(value / median) / deviation
  const share = 1 / (1 + Math.exp(-1.702 * z))
  return Math.max(1, Math.min(99, Math.round(share * 100)))
}
