/** A story is one thread of a chart: what was found, what was done, and how the numbers answered. */
import type { AnalyteKey, PanelKey } from './analytes.ts'
import type { ConditionKey } from './conditions.ts'
import type { MedicineKey } from './medicines.ts'
import type { ProcedureKey } from './procedures.ts'
import type { Specialty } from './specialties.ts'

/** Points in time, counted in months before today, with a value at each; straight lines between them. */
export type Curve = readonly (readonly [monthsAgo: number, value: number])[]

/** What a visit is, for the clock, the coder and the cashier. */
export type VisitKind =
  | 'wellAdult'
  | 'wellChild'
  | 'followUp'
  | 'sick'
  | 'prenatal'
  | 'bloodDraw'
  | 'procedure'
  | 'video'
  | 'hospital'

/** Visits at `from`, `from - every`, ... down to `until` months ago. */
export interface VisitSeries {
  readonly from: number
  readonly until: number
  readonly every: number
  readonly kind: VisitKind
  /** The patient's own primary care clinician where nothing is said. */
  readonly with?: Specialty
  readonly reason: string
  /** Why the first visit of the series took place, where that differs. */
  readonly first?: string
  readonly for: readonly ConditionKey[]
  readonly panels?: readonly PanelKey[]
  /** Taken at every fourth visit of the series only. */
  readonly sometimes?: readonly PanelKey[]
}

/** What patient and clinician agreed to reach. */
export interface GoalRow {
  readonly text: string
  readonly for: ConditionKey
  /** What shows progress: LOINC code, its name, the target and its unit. */
  readonly measure?: readonly [loinc: string, display: string, comparator: 'low' | 'high', value: number, unit: string]
  readonly achieved?: boolean
}

/** A reference range that holds for one person. */
export interface RangeRow {
  readonly since: number
  readonly low: number
  readonly high: number
  readonly text: string
}

/** All that a story may bring to a chart. */
export interface Story {
  readonly problems?: readonly { readonly condition: ConditionKey; readonly since: number; readonly until?: number }[]
  readonly medicines?: readonly {
    readonly medicine: MedicineKey
    readonly from: number
    readonly until?: number
    readonly for: ConditionKey
    readonly changed?: string
  }[]
  readonly visits?: readonly VisitSeries[]
  readonly curves?: Readonly<Partial<Record<AnalyteKey, Curve>>>
  /** Ranges that hold for this person from `since` months ago on, instead of the usual ones. */
  readonly ranges?: Readonly<Partial<Record<AnalyteKey, RangeRow>>>
  readonly systolic?: Curve
  readonly diastolic?: Curve
  readonly pulse?: Curve
  readonly oxygen?: Curve
  /** Kilograms above or below the person's usual weight. */
  readonly weight?: Curve
  readonly phq9?: Curve
  readonly procedures?: readonly {
    readonly procedure: ProcedureKey
    readonly at: number
    readonly for?: ConditionKey
    readonly with?: Specialty
  }[]
  readonly goals?: readonly GoalRow[]
  /** The activities of the care plan, in words for the patient. */
  readonly plan?: readonly string[]
}
