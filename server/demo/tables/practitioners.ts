/** The twelve clinicians of the demo clinic and when they see patients. */
import type { Weekday } from '../calendar.ts'
import type { LocationKey } from './places.ts'
import type { Specialty } from './specialties.ts'

export interface SessionRow {
  readonly at: LocationKey
  readonly days: readonly Weekday[]
  /** A session in the morning is 9 to 12, in the afternoon 13 to 15:30; both where nothing is said. */
  readonly half?: 'am' | 'pm'
}

export interface PractitionerRow {
  readonly key: string
  readonly given: string
  readonly family: string
  readonly gender: 'female' | 'male'
  readonly degree: 'MD' | 'DO'
  readonly specialty: Specialty
  readonly languages: readonly string[]
  readonly graduated: number
  readonly school: string
  readonly newPatients: boolean
  readonly video?: boolean
  readonly sessions: readonly SessionRow[]
}

export const practitioners: readonly PractitionerRow[] = [
  {
    key: '01',
    given: 'Amara',
    family: 'Okonkwo',
    gender: 'female',
    degree: 'MD',
    specialty: 'family',
    languages: ['en', 'fr'],
    graduated: 2004,
    school: 'Commonwealth School of Medicine',
    newPatients: true,
    video: true,
    sessions: [{ at: 'main', days: ['mon', 'tue', 'wed', 'thu'] }],
  },
  {
    key: '02',
    given: 'Daniel',
    family: 'Rosenberg',
    gender: 'male',
    degree: 'MD',
    specialty: 'family',
    languages: ['en', 'ru'],
    graduated: 1995,
    school: 'Hudson Valley Medical College',
    newPatients: false,
    sessions: [{ at: 'riverside', days: ['mon', 'wed', 'fri'] }],
  },
  {
    key: '03',
    given: 'Lucía',
    family: 'Herrera',
    gender: 'female',
    degree: 'DO',
    specialty: 'family',
    languages: ['en', 'es', 'pt'],
    graduated: 2013,
    school: 'Connecticut River College of Osteopathic Medicine',
    newPatients: true,
    video: true,
    sessions: [
      { at: 'riverside', days: ['tue', 'thu'] },
      { at: 'harbor', days: ['fri'] },
    ],
  },
  {
    key: '04',
    given: 'Priya',
    family: 'Raman',
    gender: 'female',
    degree: 'MD',
    specialty: 'internal',
    languages: ['en', 'hi'],
    graduated: 2009,
    school: 'Great Lakes University School of Medicine',
    newPatients: true,
    video: true,
    sessions: [{ at: 'main', days: ['mon', 'wed', 'thu', 'fri'] }],
  },
  {
    key: '05',
    given: 'Wei-Lin',
    family: 'Chen',
    gender: 'male',
    degree: 'MD',
    specialty: 'internal',
    languages: ['en', 'zh'],
    graduated: 2001,
    school: 'Bay State Medical School',
    newPatients: true,
    sessions: [
      { at: 'harbor', days: ['mon', 'tue', 'thu'] },
      { at: 'main', days: ['fri'], half: 'am' },
    ],
  },
  {
    key: '06',
    given: 'Hannah',
    family: 'Lindqvist',
    gender: 'female',
    degree: 'MD',
    specialty: 'pediatrics',
    languages: ['en', 'vi'],
    graduated: 2011,
    school: 'North Shore University School of Medicine',
    newPatients: true,
    sessions: [{ at: 'main', days: ['mon', 'tue', 'thu', 'fri'] }],
  },
  {
    key: '07',
    given: 'Tomás',
    family: 'Oliveira',
    gender: 'male',
    degree: 'MD',
    specialty: 'pediatrics',
    languages: ['en', 'pt', 'es'],
    graduated: 2006,
    school: 'Narragansett College of Medicine',
    newPatients: true,
    sessions: [{ at: 'riverside', days: ['mon', 'wed', 'fri'] }],
  },
  {
    key: '08',
    given: 'Yasmin',
    family: 'Haddad',
    gender: 'female',
    degree: 'MD',
    specialty: 'obgyn',
    languages: ['en', 'ar', 'fr'],
    graduated: 2008,
    school: 'Commonwealth School of Medicine',
    newPatients: true,
    sessions: [{ at: 'riverside', days: ['tue', 'wed', 'thu'] }],
  },
  {
    key: '09',
    given: 'Samuel',
    family: 'Adeyemi',
    gender: 'male',
    degree: 'MD',
    specialty: 'cardiology',
    languages: ['en', 'yo'],
    graduated: 1999,
    school: 'Hudson Valley Medical College',
    newPatients: true,
    sessions: [{ at: 'harbor', days: ['tue', 'wed', 'thu'], half: 'am' }],
  },
  {
    key: '10',
    given: 'Katarzyna',
    family: 'Nowak',
    gender: 'female',
    degree: 'MD',
    specialty: 'endocrinology',
    languages: ['en', 'pl'],
    graduated: 2010,
    school: 'Great Lakes University School of Medicine',
    newPatients: true,
    video: true,
    sessions: [{ at: 'main', days: ['tue', 'wed', 'fri'], half: 'am' }],
  },
  {
    key: '11',
    given: 'Joaquín',
    family: 'Ibarra',
    gender: 'male',
    degree: 'MD',
    specialty: 'dermatology',
    languages: ['en', 'es'],
    graduated: 2012,
    school: 'Bay State Medical School',
    newPatients: true,
    sessions: [{ at: 'riverside', days: ['tue', 'thu', 'fri'], half: 'pm' }],
  },
  {
    key: '12',
    given: 'Miriam',
    family: 'Feldman',
    gender: 'female',
    degree: 'MD',
    specialty: 'psychiatry',
    languages: ['en', 'he'],
    graduated: 2003,
    school: 'Narragansett College of Medicine',
    newPatients: false,
    video: true,
    sessions: [{ at: 'harbor', days: ['mon', 'wed', 'thu'], half: 'pm' }],
  },
]
