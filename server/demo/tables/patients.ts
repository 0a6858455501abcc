/** The sixty people of the demo clinic. All of them are invented. */
import type { familyStories } from './stories-family.ts'
import type { heartStories } from './stories-heart.ts'
import type { metabolicStories } from './stories-metabolic.ts'
import type { otherStories } from './stories-other.ts'

/** A key of one of the tables of stories. */
export type StoryKey =
  | keyof typeof metabolicStories
  | keyof typeof heartStories
  | keyof typeof familyStories
  | keyof typeof otherStories

/** One of the race categories of US Core. */
export type RaceKey = 'white' | 'black' | 'asian' | 'native' | 'pacific'
/** The end of the id of a payer’s organization, or `self`. */
export type PayerKey = 'baystate' | 'evergreen' | 'medicare' | 'medicaid' | 'self'

/** One person, as invented. */
export interface PatientRow {
  readonly key: string
  /** Given names, then the family name. */
  readonly name: readonly [given: string, family: string]
  readonly sex: 'F' | 'M'
  /** Years; for someone who has died, at death. */
  readonly age: number
  readonly household: string
  readonly languages: readonly string[]
  readonly race: RaceKey
  readonly hispanic?: true
  readonly payer: PayerKey
  readonly clinician: string
  readonly stories: readonly (StoryKey | readonly [StoryKey, laterBy: number])[]
  readonly smoker?: 'former' | 'daily'
  readonly interpreter?: true
  readonly pronouns?: 'she' | 'he' | 'they'
  readonly nonbinary?: true
  readonly occupation?: string
  readonly allergy?: string
  /** Months ago. */
  readonly died?: number
  readonly left?: number
  readonly joined?: number
  /** The record that this one was merged into. */
  readonly mergedInto?: string
  /** Who signs and books for this person: the key of a parent who is a patient, or a name. */
  readonly guardian?: readonly [kind: 'mother' | 'father' | 'grandmother', patientOrName: string]
  readonly contact?: readonly [kind: 'spouse' | 'daughter' | 'son' | 'friend' | 'sister', patientOrName: string]
}

/** People of one household share an address. */
export const households: Readonly<Record<string, readonly [line: string, city: string, postalCode: string]>> = {
  santos: ['18 Alder Street', 'Medford', '02155'],
  whitaker: ['5 Schoolhouse Lane', 'Quincy', '02169'],
  nguyen: ['112 Linden Avenue, Apt 3', 'Medford', '02155'],
  bryant: ['27 Bellrock Road', 'Quincy', '02171'],
  rivera: ['64 Mill Street, Apt 2', 'Somerville', '02145'],
  li: ['9 Orchard Terrace', 'Malden', '02148'],
  hassan: ['33 Windsor Place', 'Somerville', '02143'],
  dubois: ['41 Cedar Court', 'Cambridge', '02139'],
  osullivan: ['2 Harbor View Road', 'Quincy', '02169'],
  larsen: ['80 Elm Park, Room 14', 'Medford', '02155'],
  kowalski: ['156 Pearl Street', 'Malden', '02148'],
  jackson: ['23 Franklin Street', 'Somerville', '02145'],
  morgan: ['7 Spring Hill, Apt 5', 'Somerville', '02143'],
  patel: ['60 Meadow Lane', 'Medford', '02155'],
  ferreira: ['19 Union Street', 'Somerville', '02143'],
  kim: ['200 College Avenue, Apt 12', 'Medford', '02155'],
  cohen: ['14 Beacon Circle', 'Quincy', '02170'],
  thompson: ['75 Walnut Street', 'Somerville', '02145'],
  delgado: ['38 Highland Avenue', 'Malden', '02148'],
  carmichael: ['11 Birch Hollow', 'Quincy', '02171'],
  rahimi: ['52 Maple Court', 'Medford', '02155'],
  pierre: ['97 Granite Street', 'Quincy', '02169'],
  tsosie: ['6 Riverside Walk', 'Somerville', '02145'],
  akana: ['29 Bay Street, Apt 1', 'Quincy', '02171'],
  hughes: ['3 Old Post Road', 'Quincy', '02169'],
  anderson: ['88 Forest Street', 'Malden', '02148'],
}

const en = ['en'] as const

/** By key, from `01` to `60`. */
// biome-ignore format: one person per line reads as a table
export const patients: readonly PatientRow[] = [
  { key: '01', name: ['Maria Elena', 'Santos'], sex: 'F', age: 54.4, household: 'santos', languages: ['en', 'es'], race: 'white', hispanic: true, payer: 'baystate', clinician: '01', stories: ['diabetes', 'hypertension', 'cholesterol', 'thyroid', 'gallbladder', 'mammograms'], pronouns: 'she', occupation: 'Elementary school teacher', allergy: 'penicillin', contact: ['spouse', 'Luis Santos'] },
  { key: '02', name: ['James Edward', 'Whitaker'], sex: 'M', age: 61.7, household: 'whitaker', languages: en, race: 'white', payer: 'evergreen', clinician: '05', stories: ['warfarin', 'cholesterol', 'knees'], smoker: 'former', pronouns: 'he', occupation: 'Carpenter', allergy: 'sulfa', contact: ['spouse', 'Carol Whitaker'] },
  { key: '03', name: ['Mia', 'Nguyen'], sex: 'F', age: 6.3, household: 'nguyen', languages: ['en', 'vi'], race: 'asian', payer: 'baystate', clinician: '06', stories: ['asthma'], allergy: 'peanut', guardian: ['mother', '04'] },
  { key: '04', name: ['Linh', 'Nguyen'], sex: 'F', age: 36.8, household: 'nguyen', languages: ['vi', 'en'], race: 'asian', payer: 'baystate', clinician: '01', stories: ['pregnancyNow'], pronouns: 'she', occupation: 'Accountant', contact: ['spouse', '05'] },
  { key: '05', name: ['Minh', 'Nguyen'], sex: 'M', age: 39.1, household: 'nguyen', languages: ['vi', 'en'], race: 'asian', payer: 'baystate', clinician: '01', stories: ['reflux'], occupation: 'Software engineer', contact: ['spouse', '04'] },
  { key: '06', name: ['Leo', 'Nguyen'], sex: 'M', age: 3.2, household: 'nguyen', languages: ['en', 'vi'], race: 'asian', payer: 'baystate', clinician: '06', stories: [], guardian: ['mother', '04'] },
  { key: '07', name: ['Walter', 'Bryant'], sex: 'M', age: 67.5, household: 'bryant', languages: en, race: 'black', payer: 'medicare', clinician: '04', stories: ['kidneys', 'hypertension'], smoker: 'former', occupation: 'Bus driver', contact: ['spouse', '08'] },
  { key: '08', name: ['Delores', 'Bryant'], sex: 'F', age: 65.9, household: 'bryant', languages: en, race: 'black', payer: 'medicare', clinician: '04', stories: ['knees', 'mammograms', ['colonPolyp', 4]], contact: ['spouse', '07'] },
  { key: '09', name: ['Ana Lucía', 'Rivera'], sex: 'F', age: 29.5, household: 'rivera', languages: ['es', 'en'], race: 'white', hispanic: true, payer: 'medicaid', clinician: '03', stories: ['pregnancyPast', 'postpartumDepression', 'foodInsecurity'], interpreter: true, occupation: 'Cashier', contact: ['spouse', '10'] },
  { key: '10', name: ['Carlos', 'Rivera'], sex: 'M', age: 31.2, household: 'rivera', languages: ['es', 'en'], race: 'white', hispanic: true, payer: 'medicaid', clinician: '03', stories: ['asthma'], occupation: 'Line cook', contact: ['spouse', '09'] },
  { key: '11', name: ['Sofía', 'Rivera'], sex: 'F', age: 0.3, household: 'rivera', languages: ['es', 'en'], race: 'white', hispanic: true, payer: 'medicaid', clinician: '07', stories: [], guardian: ['mother', '09'] },
  { key: '12', name: ['Jian', 'Li'], sex: 'M', age: 45, household: 'li', languages: ['zh', 'en'], race: 'asian', payer: 'evergreen', clinician: '05', stories: ['gout'], occupation: 'Chef', contact: ['spouse', '13'] },
  { key: '13', name: ['Mei', 'Li'], sex: 'F', age: 43.6, household: 'li', languages: ['zh', 'en'], race: 'asian', payer: 'evergreen', clinician: '05', stories: ['mammograms'], contact: ['spouse', '12'] },
  { key: '14', name: ['Emily', 'Li'], sex: 'F', age: 12.4, household: 'li', languages: ['en', 'zh'], race: 'asian', payer: 'evergreen', clinician: '06', stories: ['eczema'], guardian: ['mother', '13'] },
  { key: '15', name: ['Andrew', 'Li'], sex: 'M', age: 9.1, household: 'li', languages: ['en', 'zh'], race: 'asian', payer: 'evergreen', clinician: '06', stories: ['hayFever'], guardian: ['mother', '13'] },
  { key: '16', name: ['Xiu Ying', 'Zhao'], sex: 'F', age: 72.8, household: 'li', languages: ['zh'], race: 'asian', payer: 'medicare', clinician: '05', stories: ['bones', 'hypertension'], interpreter: true, contact: ['daughter', '13'] },
  { key: '17', name: ['Ahmed', 'Hassan'], sex: 'M', age: 51.3, household: 'hassan', languages: ['ar', 'en'], race: 'white', payer: 'baystate', clinician: '02', stories: [['diabetes', -3], ['hypertension', 2]], smoker: 'daily', interpreter: true, occupation: 'Taxi driver', contact: ['spouse', '18'] },
  { key: '18', name: ['Fatima', 'Hassan'], sex: 'F', age: 47.9, household: 'hassan', languages: ['ar', 'en'], race: 'white', payer: 'baystate', clinician: '02', stories: ['ironDeficiency'], contact: ['spouse', '17'] },
  { key: '19', name: ['Omar', 'Hassan'], sex: 'M', age: 17.2, household: 'hassan', languages: ['en', 'ar'], race: 'white', payer: 'baystate', clinician: '07', stories: ['concussion'], guardian: ['father', '17'] },
  { key: '20', name: ['Layla', 'Hassan'], sex: 'F', age: 14.8, household: 'hassan', languages: ['en', 'ar'], race: 'white', payer: 'baystate', clinician: '07', stories: ['acne'], guardian: ['father', '17'] },
  { key: '21', name: ['Claire', 'Dubois'], sex: 'F', age: 34, household: 'dubois', languages: ['fr', 'en'], race: 'white', payer: 'evergreen', clinician: '01', stories: [['thyroid', 21]], occupation: 'Violinist', contact: ['spouse', '22'] },
  { key: '22', name: ['Mathieu', 'Dubois'], sex: 'M', age: 36.2, household: 'dubois', languages: ['fr', 'en'], race: 'white', payer: 'evergreen', clinician: '01', stories: ['hayFever'], occupation: 'Architect', contact: ['spouse', '21'] },
  { key: '23', name: ['Louis', 'Dubois'], sex: 'M', age: 1.4, household: 'dubois', languages: ['fr', 'en'], race: 'white', payer: 'evergreen', clinician: '06', stories: [], guardian: ['mother', '21'] },
  { key: '24', name: ['Margaret', 'O’Sullivan'], sex: 'F', age: 83.6, household: 'osullivan', languages: en, race: 'white', payer: 'medicare', clinician: '05', stories: ['heartFailure', 'atrialFibrillation'], allergy: 'codeine', contact: ['daughter', 'Kathleen Burke'] },
  { key: '25', name: ['Patrick', 'O’Sullivan'], sex: 'M', age: 85.2, household: 'osullivan', languages: en, race: 'white', payer: 'medicare', clinician: '05', stories: ['copd'], smoker: 'former', died: 8, contact: ['spouse', '24'] },
  { key: '26', name: ['Edith', 'Larsen'], sex: 'F', age: 96.1, household: 'larsen', languages: en, race: 'white', payer: 'medicare', clinician: '04', stories: ['bones', ['memory', 2]], contact: ['son', 'Peter Larsen'] },
  { key: '27', name: ['Thomas', 'Kowalski'], sex: 'M', age: 58.9, household: 'kowalski', languages: ['en', 'pl'], race: 'white', payer: 'baystate', clinician: '02', stories: [['cholesterol', -8], 'colonPolyp'], smoker: 'former', occupation: 'Electrician', contact: ['spouse', '28'] },
  { key: '28', name: ['Barbara', 'Kowalski'], sex: 'F', age: 56.4, household: 'kowalski', languages: ['pl', 'en'], race: 'white', payer: 'baystate', clinician: '02', stories: ['mammograms', 'reflux'], contact: ['spouse', '27'] },
  { key: '29', name: ['Tyler', 'Jackson'], sex: 'M', age: 24.5, household: 'jackson', languages: en, race: 'black', payer: 'self', clinician: '03', stories: [], joined: 20, occupation: 'Bicycle courier', contact: ['sister', '30'] },
  { key: '30', name: ['Aaliyah', 'Jackson'], sex: 'F', age: 26.7, household: 'jackson', languages: en, race: 'black', payer: 'baystate', clinician: '03', stories: ['asthma', 'hayFever'], occupation: 'Graphic designer', contact: ['sister', 'Imani Jackson'] },
  { key: '31', name: ['Riley', 'Morgan'], sex: 'F', age: 28.3, household: 'morgan', languages: en, race: 'white', payer: 'evergreen', clinician: '03', stories: ['anxiety'], pronouns: 'they', nonbinary: true, occupation: 'Librarian', contact: ['friend', 'Sam Porter'] },
  { key: '32', name: ['Rajesh', 'Patel'], sex: 'M', age: 41, household: 'patel', languages: ['en', 'hi'], race: 'asian', payer: 'baystate', clinician: '04', stories: ['prediabetes'], occupation: 'Pharmacist', contact: ['spouse', '33'] },
  { key: '33', name: ['Neha', 'Patel'], sex: 'F', age: 38.6, household: 'patel', languages: ['hi', 'en'], race: 'asian', payer: 'baystate', clinician: '04', stories: ['gestationalDiabetesPast', 'migraine'], contact: ['spouse', '32'] },
  { key: '34', name: ['Arjun', 'Patel'], sex: 'M', age: 7.8, household: 'patel', languages: ['en', 'hi'], race: 'asian', payer: 'baystate', clinician: '06', stories: ['attention'], guardian: ['mother', '33'] },
  { key: '35', name: ['Diya', 'Patel'], sex: 'F', age: 4.6, household: 'patel', languages: ['en', 'hi'], race: 'asian', payer: 'baystate', clinician: '06', stories: [], allergy: 'egg', guardian: ['mother', '33'] },
  { key: '36', name: ['Manuel', 'Ferreira'], sex: 'M', age: 70.2, household: 'ferreira', languages: ['pt', 'en'], race: 'white', payer: 'medicare', clinician: '04', stories: ['copd', 'prostate'], smoker: 'daily', interpreter: true, contact: ['spouse', '37'] },
  { key: '37', name: ['Isabel', 'Ferreira'], sex: 'F', age: 68.3, household: 'ferreira', languages: ['pt', 'en'], race: 'white', payer: 'medicare', clinician: '04', stories: ['rheumatoid'], contact: ['spouse', '36'] },
  { key: '38', name: ['Grace', 'Kim'], sex: 'F', age: 22.1, household: 'kim', languages: ['ko', 'en'], race: 'asian', payer: 'evergreen', clinician: '01', stories: ['hayFever'], joined: 40, left: 5, occupation: 'Student', contact: ['friend', 'Hana Choi'] },
  { key: '39', name: ['David', 'Cohen'], sex: 'M', age: 49.9, household: 'cohen', languages: ['en', 'he'], race: 'white', payer: 'evergreen', clinician: '05', stories: ['hypertension', 'sleepApnea'], occupation: 'Lawyer', contact: ['spouse', '40'] },
  { key: '40', name: ['Rebecca', 'Cohen'], sex: 'F', age: 48.2, household: 'cohen', languages: ['en', 'he'], race: 'white', payer: 'evergreen', clinician: '05', stories: ['migraine', 'mammograms'], occupation: 'Bookseller', contact: ['spouse', '39'] },
  { key: '41', name: ['Noah', 'Cohen'], sex: 'M', age: 16, household: 'cohen', languages: en, race: 'white', payer: 'evergreen', clinician: '06', stories: ['diabetes1'], guardian: ['mother', '40'] },
  { key: '42', name: ['Abigail', 'Cohen'], sex: 'F', age: 13.2, household: 'cohen', languages: en, race: 'white', payer: 'evergreen', clinician: '06', stories: [], guardian: ['mother', '40'] },
  { key: '43', name: ['Marcus', 'Thompson'], sex: 'M', age: 33.3, household: 'thompson', languages: en, race: 'black', payer: 'medicaid', clinician: '03', stories: ['depression'], occupation: 'Warehouse worker', contact: ['spouse', '44'] },
  { key: '44', name: ['Jasmine', 'Thompson'], sex: 'F', age: 31.8, household: 'thompson', languages: en, race: 'black', payer: 'medicaid', clinician: '03', stories: [['pregnancyPast', -4.9]], contact: ['spouse', '43'] },
  { key: '45', name: ['Elijah', 'Thompson'], sex: 'M', age: 0.7, household: 'thompson', languages: en, race: 'black', payer: 'medicaid', clinician: '07', stories: [], guardian: ['mother', '44'] },
  { key: '46', name: ['Rosa', 'Delgado'], sex: 'F', age: 77.4, household: 'delgado', languages: ['es'], race: 'white', hispanic: true, payer: 'medicare', clinician: '04', stories: ['diabetesLongstanding', 'hypertension'], interpreter: true, allergy: 'latex', contact: ['daughter', 'Teresa Delgado'] },
  { key: '47', name: ['Héctor', 'Delgado'], sex: 'M', age: 79, household: 'delgado', languages: ['es'], race: 'white', hispanic: true, payer: 'medicare', clinician: '04', stories: ['prostate'], smoker: 'former', died: 22, contact: ['spouse', '46'] },
  { key: '48', name: ['Linda', 'Carmichael'], sex: 'F', age: 62.2, household: 'carmichael', languages: en, race: 'white', payer: 'evergreen', clinician: '05', stories: ['skinCancer', 'mammograms'], smoker: 'former', occupation: 'Sailing instructor', contact: ['spouse', '49'] },
  { key: '49', name: ['Steven', 'Carmichael'], sex: 'M', age: 64.8, household: 'carmichael', languages: en, race: 'white', payer: 'evergreen', clinician: '05', stories: ['atrialFibrillation'], allergy: 'shellfish', contact: ['spouse', '48'] },
  { key: '50', name: ['Zoe', 'Carmichael'], sex: 'F', age: 19.6, household: 'carmichael', languages: en, race: 'white', payer: 'evergreen', clinician: '05', stories: ['eczema'], occupation: 'Student', contact: ['friend', 'Ella Norton'] },
  { key: '51', name: ['Parisa', 'Rahimi'], sex: 'F', age: 40.4, household: 'rahimi', languages: ['fa', 'en'], race: 'white', payer: 'medicaid', clinician: '01', stories: [['thyroid', 9]], interpreter: true, occupation: 'Tailor', contact: ['friend', 'Leila Karimi'] },
  { key: '52', name: ['Amir', 'Rahimi'], sex: 'M', age: 11.3, household: 'rahimi', languages: ['en', 'fa'], race: 'white', payer: 'medicaid', clinician: '06', stories: [], guardian: ['mother', '51'] },
  { key: '53', name: ['Nora', 'Rahimi'], sex: 'F', age: 8.5, household: 'rahimi', languages: ['en', 'fa'], race: 'white', payer: 'medicaid', clinician: '06', stories: [['eczema', 6]], guardian: ['mother', '51'] },
  { key: '54', name: ['Jean-Baptiste', 'Pierre'], sex: 'M', age: 55.5, household: 'pierre', languages: ['ht', 'fr', 'en'], race: 'black', payer: 'medicaid', clinician: '05', stories: [['hypertension', 5]], interpreter: true, occupation: 'Hotel night manager', contact: ['spouse', '55'] },
  { key: '55', name: ['Marie-Claire', 'Pierre'], sex: 'F', age: 52.1, household: 'pierre', languages: ['ht', 'fr', 'en'], race: 'black', payer: 'medicaid', clinician: '05', stories: ['knees', ['mammograms', 3]], occupation: 'Nursing assistant', contact: ['spouse', '54'] },
  { key: '56', name: ['Joseph', 'Tsosie'], sex: 'M', age: 37.4, household: 'tsosie', languages: en, race: 'native', payer: 'evergreen', clinician: '02', stories: [['gout', 6]], joined: 42, occupation: 'Surveyor', contact: ['friend', 'Daniel Begay'] },
  { key: '57', name: ['Kailani', 'Akana'], sex: 'F', age: 30.9, household: 'akana', languages: en, race: 'pacific', payer: 'baystate', clinician: '03', stories: [], joined: 26, occupation: 'Marine biologist', contact: ['sister', 'Leilani Akana'] },
  { key: '58', name: ['William', 'Hughes'], sex: 'M', age: 88, household: 'hughes', languages: en, race: 'white', payer: 'medicare', clinician: '05', stories: [['heartFailure', 8]], smoker: 'former', died: 4, contact: ['son', 'Gareth Hughes'] },
  { key: '59', name: ['Jasmin', 'Thompson'], sex: 'F', age: 31.8, household: 'thompson', languages: en, race: 'black', payer: 'self', clinician: '03', stories: [], joined: 2, mergedInto: '44' },
  { key: '60', name: ['Chloe', 'Anderson'], sex: 'F', age: 2.1, household: 'anderson', languages: en, race: 'white', payer: 'medicaid', clinician: '07', stories: [], guardian: ['grandmother', 'Susan Anderson'] },
]
