/** The eight specialties of the demo clinic, coded with the NUCC provider taxonomy. */
export interface SpecialtyRow {
  readonly code: string
  readonly display: string
  /** What patients call it. */
  readonly name: string
  readonly department: 'primary-care' | 'pediatrics' | 'womens-health' | 'specialty-care'
  readonly about: string
}

export const specialties = {
  family: {
    code: '207Q00000X',
    display: 'Family Medicine Physician',
    name: 'Family medicine',
    department: 'primary-care',
    about: 'Care for the whole family at every age, from check-ups to long-term conditions.',
  },
  internal: {
    code: '207R00000X',
    display: 'Internal Medicine Physician',
    name: 'Internal medicine',
    department: 'primary-care',
    about: 'Care for adults, with time for people who live with several conditions.',
  },
  pediatrics: {
    code: '208000000X',
    display: 'Pediatrics Physician',
    name: 'Pediatrics',
    department: 'pediatrics',
    about: 'Check-ups, vaccines and sick visits from birth to the eighteenth birthday.',
  },
  obgyn: {
    code: '207V00000X',
    display: 'Obstetrics & Gynecology Physician',
    name: 'Obstetrics and gynecology',
    department: 'womens-health',
    about: 'Pregnancy, birth planning, contraception and well-woman visits.',
  },
  cardiology: {
    code: '207RC0000X',
    display: 'Cardiovascular Disease Physician',
    name: 'Cardiology',
    department: 'specialty-care',
    about: 'Heart rhythm, heart valves, heart failure and blood pressure that is hard to control.',
  },
  endocrinology: {
    code: '207RE0101X',
    display: 'Endocrinology, Diabetes & Metabolism Physician',
    name: 'Endocrinology',
    department: 'specialty-care',
    about: 'Diabetes, thyroid and bone health.',
  },
  dermatology: {
    code: '207N00000X',
    display: 'Dermatology Physician',
    name: 'Dermatology',
    department: 'specialty-care',
    about: 'Rashes, acne, eczema and skin checks.',
  },
  psychiatry: {
    code: '2084P0800X',
    display: 'Psychiatry Physician',
    name: 'Behavioral health',
    department: 'specialty-care',
    about: 'Help with mood, worry and sleep, in person or by video.',
  },
} as const satisfies Record<string, SpecialtyRow>

export type Specialty = keyof typeof specialties
