/** Those who work in the demo clinic and see no patients as clinicians. */
export interface OfficeRow {
  readonly key: string
  readonly given: string
  readonly family: string
  readonly gender: 'female' | 'male'
  readonly work: string
}

export const office: readonly OfficeRow[] = [
  { key: 'frontdesk', given: 'Nadia', family: 'Brooks', gender: 'female', work: 'Front desk' },
  { key: 'billing', given: 'Owen', family: 'Marsh', gender: 'male', work: 'Billing' },
  { key: 'admin', given: 'Ingrid', family: 'Solberg', gender: 'female', work: 'Practice manager' },
]
