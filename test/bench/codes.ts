/** The codes that generated resources use: real ones for what charts are full of, numbered ones for the long tail. */

export interface Analyte {
  readonly code: string
  readonly display: string
  readonly category: 'vital-signs' | 'laboratory' | 'survey'
  readonly unit: string
  /** Values are spread evenly between these, so that a share of them is a threshold. */
  readonly low: number
  readonly high: number
  /** Blood pressure and its like: values are in components. */
  readonly components?: readonly Component[]
}

export interface Component {
  readonly code: string
  readonly display: string
  readonly unit: string
  readonly low: number
  readonly high: number
}

export interface Coded {
  readonly code: string
  readonly display: string
}

const commonAnalytes: readonly Analyte[] = [
  analyte('8867-4', 'Heart rate', 'vital-signs', '/min', 48, 120),
  {
    ...analyte('85354-9', 'Blood pressure panel with all children optional', 'vital-signs', 'mm[Hg]', 0, 0),
    components: [
      { code: '8480-6', display: 'Systolic Blood Pressure', unit: 'mm[Hg]', low: 95, high: 185 },
      { code: '8462-4', display: 'Diastolic Blood Pressure', unit: 'mm[Hg]', low: 55, high: 115 },
    ],
  },
  analyte('29463-7', 'Body Weight', 'vital-signs', 'kg', 45, 130),
  analyte('9279-1', 'Respiratory rate', 'vital-signs', '/min', 11, 24),
  analyte('8302-2', 'Body Height', 'vital-signs', 'cm', 145, 205),
  analyte('39156-5', 'Body mass index (BMI) [Ratio]', 'vital-signs', 'kg/m2', 17, 44),
  analyte('2339-0', 'Glucose [Mass/volume] in Blood', 'laboratory', 'mg/dL', 60, 260),
  analyte('2160-0', 'Creatinine [Mass/volume] in Serum or Plasma', 'laboratory', 'mg/dL', 0.5, 4.5),
  analyte('2951-2', 'Sodium [Moles/volume] in Serum or Plasma', 'laboratory', 'mmol/L', 128, 150),
  analyte('6298-4', 'Potassium [Moles/volume] in Blood', 'laboratory', 'mmol/L', 3, 6),
  analyte('4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood', 'laboratory', '%', 4.5, 12),
  analyte('718-7', 'Hemoglobin [Mass/volume] in Blood', 'laboratory', 'g/dL', 8, 18),
  analyte('2093-3', 'Cholesterol [Mass/volume] in Serum or Plasma', 'laboratory', 'mg/dL', 110, 320),
  analyte('8310-5', 'Body temperature', 'vital-signs', 'Cel', 35.5, 40.5),
  analyte('72514-3', 'Pain severity - 0-10 verbal numeric rating [Score] - Reported', 'survey', '{score}', 0, 10),
  analyte('2571-8', 'Triglycerides [Mass/volume] in Serum or Plasma', 'laboratory', 'mg/dL', 50, 420),
]

/** 200 codes, the most frequent first. */
export const analytes: readonly Analyte[] = [
  ...commonAnalytes,
  ...numbered(200 - commonAnalytes.length, 30_000).map(({ code }, i) =>
    analyte(code, `Substance ${i + 1} [Mass/volume] in Serum or Plasma`, 'laboratory', 'ug/L', 10 + i, 100 + 3 * i),
  ),
]

/** Each code's share of all: the n-th is n times rarer than the first. */
export const analyteShares: readonly number[] = shares(analytes.length)

export const conditions = numbered(120, 44_000_000).map(named('Disorder'))
export const procedures = numbered(150, 70_000_000).map(named('Procedure'))
export const medications = numbered(150, 310_000).map(named('Tablet'))
/** 40 encounter types; about 1 % of encounters have one of the rarer half. */
export const encounterTypes = numbered(40, 185_000_000).map(named('Encounter'))
export const reports = numbered(25, 51_000).map(named('Panel'))

/** Index of the code that a number from 0 to below 1 chooses, the first codes being the most frequent. */
export function zipfIndex(cumulative: readonly number[], at: number): number {
  let low = 0
  let high = cumulative.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (cumulative[middle]! > at) high = middle
    else low = middle + 1
  }
  return low
}

/** Running sums of the shares of `count` codes. */
export function cumulativeShares(count: number): readonly number[] {
  let sum = 0
  return shares(count).map((share) => {
    sum += share
    return sum
  })
}

function shares(count: number): number[] {
  const weights = Array.from({ length: count }, (_, i) => 1 / (i + 1))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

function analyte(
  code: string,
  display: string,
  category: Analyte['category'],
  unit: string,
  low: number,
  high: number,
): Analyte {
  return { code, display, category, unit, low, high }
}

function numbered(count: number, first: number): { code: string }[] {
  return Array.from({ length: count }, (_, i) => ({ code: `${first + i * 37}-${i % 10}` }))
}

function named(kind: string): (coded: { code: string }, i: number) => Coded {
  return ({ code }, i) => ({
    code: code.replace('-', ''),
    display: `${kind} number ${i + 1} as it is written in charts`,
  })
}
