/** What is given for complaints, and what people take without a prescription. */
import type { ConditionKey } from './conditions.ts'
import type { MedicineKey } from './medicines.ts'

export interface TreatmentRow {
  readonly medicine: MedicineKey
  /** Given instead before the twelfth birthday. */
  readonly child?: MedicineKey
  readonly avoidWith?: string
}

export const treatments: Readonly<Partial<Record<ConditionKey, TreatmentRow>>> = {
  strep: { medicine: 'amoxicillin', child: 'amoxicillinLiquid', avoidWith: 'penicillin' },
  earInfection: { medicine: 'amoxicillin', child: 'amoxicillinLiquid', avoidWith: 'penicillin' },
  urineInfection: { medicine: 'nitrofurantoin' },
  rash: { medicine: 'hydrocortisone' },
  ankleSprain: { medicine: 'acetaminophen' },
  backPain: { medicine: 'acetaminophen' },
  gallstones: { medicine: 'acetaminophen' },
}

export interface SelfCareRow {
  readonly person: string
  readonly text: string
  readonly rxnorm?: readonly [code: string, display: string]
  readonly directions: string
  readonly since: number
}

// biome-ignore format: one remedy per line reads as a table
export const selfCare: readonly SelfCareRow[] = [
  { person: '01', text: 'Vitamin D3 1,000 unit tablet', rxnorm: ['2418', 'cholecalciferol'], directions: 'One tablet in the morning', since: 30 },
  { person: '01', text: 'Acetaminophen 500 mg tablet', rxnorm: ['198440', 'acetaminophen 500 MG Oral Tablet'], directions: 'Two tablets for headaches, about twice a month', since: 50 },
  { person: '02', text: 'Fish oil 1,000 mg capsule', directions: 'One capsule with dinner', since: 22 },
  { person: '04', text: 'Prenatal vitamin with iron and folic acid', directions: 'One tablet at bedtime', since: 6 },
  { person: '16', text: 'Calcium 600 mg tablet', directions: 'One tablet with lunch', since: 40 },
  { person: '22', text: 'Loratadine 10 mg tablet', rxnorm: ['311372', 'loratadine 10 MG Oral Tablet'], directions: 'One tablet on days with much pollen', since: 24 },
  { person: '37', text: 'Chamomile tea', directions: 'A cup in the evening', since: 18 },
  { person: '41', text: 'Glucose tablets', directions: 'Four tablets when sugar is low', since: 60 },
]
