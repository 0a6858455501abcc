/** Where the demo clinic is and whom it works with. Streets and telephone numbers are invented (555-01xx). */
export interface LocationRow {
  readonly key: LocationKey
  readonly number: number
  readonly name: string
  readonly line: string
  readonly city: string
  readonly postalCode: string
  readonly phone: string
  readonly latitude: number
  readonly longitude: number
  readonly about: string
}

export type LocationKey = 'main' | 'riverside' | 'harbor'

export const locations: Readonly<Record<LocationKey, LocationRow>> = {
  main: {
    key: 'main',
    number: 1,
    name: 'Larkfield Clinic – Main Street',
    line: '210 Main Street',
    city: 'Medford',
    postalCode: '02155',
    phone: '781-555-0100',
    latitude: 42.4187,
    longitude: -71.1089,
    about: 'Step-free entrance from the parking lot; bus stop at the door.',
  },
  riverside: {
    key: 'riverside',
    number: 2,
    name: 'Larkfield Clinic – Riverside',
    line: '48 Mystic Landing',
    city: 'Somerville',
    postalCode: '02145',
    phone: '617-555-0100',
    latitude: 42.3937,
    longitude: -71.0826,
    about: 'Third floor, elevator on the right. Free parking for two hours.',
  },
  harbor: {
    key: 'harbor',
    number: 3,
    name: 'Larkfield Clinic – Harbor',
    line: '7 Lighthouse Way',
    city: 'Quincy',
    postalCode: '02169',
    phone: '617-555-0190',
    latitude: 42.2512,
    longitude: -71.0034,
    about: 'Five minutes on foot from the subway. Bicycle racks behind the building.',
  },
}

export interface OrganizationRow {
  readonly key: string
  readonly name: string
  readonly type: readonly [code: string, display: string]
  readonly phone: string
  readonly line: string
  readonly city: string
  readonly postalCode: string
  /** The first nine digits of its National Provider Identifier. */
  readonly npi?: string
  readonly clia?: string
  readonly partOf?: string
}

const main = { line: '210 Main Street', city: 'Medford', postalCode: '02155' }
const department = ['dept', 'Hospital Department'] as const
const provider = ['prov', 'Healthcare Provider'] as const
const payer = ['pay', 'Payer'] as const

export const organizations: readonly OrganizationRow[] = [
  { key: 'clinic', name: 'Larkfield Clinic', type: provider, phone: '781-555-0100', ...main, npi: '199999901' },
  {
    key: 'primary-care',
    name: 'Larkfield Primary Care',
    type: department,
    phone: '781-555-0101',
    ...main,
    partOf: 'clinic',
  },
  {
    key: 'pediatrics',
    name: 'Larkfield Pediatrics',
    type: department,
    phone: '781-555-0102',
    ...main,
    partOf: 'clinic',
  },
  {
    key: 'womens-health',
    name: 'Larkfield Women’s Health',
    type: department,
    phone: '617-555-0103',
    ...main,
    partOf: 'clinic',
  },
  {
    key: 'specialty-care',
    name: 'Larkfield Specialty Care',
    type: department,
    phone: '781-555-0104',
    ...main,
    partOf: 'clinic',
  },
  {
    key: 'laboratory',
    name: 'Larkfield Laboratory',
    type: department,
    phone: '781-555-0105',
    ...main,
    clia: '22D9999901',
    partOf: 'clinic',
  },
  { key: 'imaging', name: 'Larkfield Imaging', type: department, phone: '781-555-0106', ...main, partOf: 'clinic' },
  {
    key: 'hospital',
    name: 'Seaview General Hospital',
    type: provider,
    phone: '617-555-0150',
    line: '500 Bayfront Avenue',
    city: 'Boston',
    postalCode: '02127',
    npi: '199999902',
  },
  {
    key: 'pharmacy',
    name: 'Corner Street Pharmacy',
    type: provider,
    phone: '781-555-0160',
    line: '195 Main Street',
    city: 'Medford',
    postalCode: '02155',
    npi: '199999903',
  },
  {
    key: 'payer-baystate',
    name: 'Bay State Mutual Health Plan',
    type: payer,
    phone: '800-555-0171',
    line: '1 Insurance Plaza',
    city: 'Boston',
    postalCode: '02110',
  },
  {
    key: 'payer-evergreen',
    name: 'Evergreen Employee Benefits',
    type: payer,
    phone: '800-555-0172',
    line: '88 Pine Hill Road',
    city: 'Worcester',
    postalCode: '01608',
  },
  {
    key: 'payer-medicare',
    name: 'Medicare',
    type: payer,
    phone: '800-555-0173',
    line: 'PO Box 1200',
    city: 'Boston',
    postalCode: '02205',
  },
  {
    key: 'payer-medicaid',
    name: 'Commonwealth Family Health',
    type: payer,
    phone: '800-555-0174',
    line: 'PO Box 4400',
    city: 'Boston',
    postalCode: '02205',
  },
]

export const languageNames: Readonly<Record<string, string>> = {
  ar: 'Arabic',
  en: 'English',
  es: 'Spanish',
  fa: 'Persian',
  fr: 'French',
  he: 'Hebrew',
  hi: 'Hindi',
  ht: 'Haitian Creole',
  ko: 'Korean',
  pl: 'Polish',
  pt: 'Portuguese',
  ru: 'Russian',
  vi: 'Vietnamese',
  yo: 'Yoruba',
  zh: 'Chinese',
}
