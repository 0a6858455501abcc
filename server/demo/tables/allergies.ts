/** Allergies and intolerances, and what they do. */
export interface AllergyRow {
  readonly snomed: string
  readonly display: string
  readonly name: string
  readonly type: 'allergy' | 'intolerance'
  readonly category: 'food' | 'medication' | 'environment'
  readonly criticality: 'low' | 'high'
  readonly reaction: readonly [snomed: string, display: string, name: string] | 'unknown'
}

const hives = ['247472004', 'Wheal', 'Hives'] as const
const rash = ['271807003', 'Eruption of skin', 'Rash'] as const

// biome-ignore format: one allergy per line reads as a table
export const allergies: Readonly<Record<string, AllergyRow>> = {
  penicillin: { snomed: '764146007', display: 'Penicillin', name: 'Penicillin', type: 'allergy', category: 'medication', criticality: 'high', reaction: hives },
  sulfa: { snomed: '763875007', display: 'Product containing sulfonamide', name: 'Sulfa medicines', type: 'allergy', category: 'medication', criticality: 'low', reaction: rash },
  codeine: { snomed: '387494007', display: 'Codeine', name: 'Codeine', type: 'intolerance', category: 'medication', criticality: 'low', reaction: ['422587007', 'Nausea', 'Nausea'] },
  peanut: { snomed: '762952008', display: 'Peanut', name: 'Peanut', type: 'allergy', category: 'food', criticality: 'high', reaction: ['39579001', 'Anaphylaxis', 'Anaphylaxis'] },
  egg: { snomed: '102263004', display: 'Eggs', name: 'Egg', type: 'allergy', category: 'food', criticality: 'low', reaction: 'unknown' },
  shellfish: { snomed: '44027008', display: 'Seafood', name: 'Shellfish', type: 'allergy', category: 'food', criticality: 'high', reaction: hives },
  latex: { snomed: '111088007', display: 'Latex', name: 'Latex', type: 'allergy', category: 'environment', criticality: 'low', reaction: rash },
}
