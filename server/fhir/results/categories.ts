/** The kinds of results that rules of release speak of, by the codes that senders give them. */

const v2 = 'http://terminology.hl7.org/CodeSystem/v2-0074'
const observationCategory = 'http://terminology.hl7.org/CodeSystem/observation-category'
const loinc = 'http://loinc.org'

/** Of category and code alike: senders of reports say what they are in either. */
export const categoryCodes = {
  laboratory: { [observationCategory]: ['laboratory'], [v2]: ['LAB', 'CH', 'HM', 'SR', 'TX'], [loinc]: ['26436-6'] },
  imaging: {
    [observationCategory]: ['imaging'],
    [v2]: ['RAD', 'IMG', 'CT', 'NMR', 'NMS', 'RUS', 'VUS', 'OUS', 'CUS', 'XRC', 'RX'],
    [loinc]: ['LP29684-5', '18748-4'],
  },
  pathology: { [v2]: ['SP', 'CP', 'PAT'], [loinc]: ['LP7839-6', '11526-1', '60567-5', '22637-3'] },
  genetics: { [v2]: ['GE', 'CG'], [loinc]: ['LP7824-8', '51969-4', '81247-9'] },
  microbiology: { [v2]: ['MB', 'MCB', 'VR', 'PAR', 'MYC'], [loinc]: ['LP7819-8', '18725-2'] },
} as const satisfies Record<string, Readonly<Record<string, readonly string[]>>>

export type ResultCategory = keyof typeof categoryCodes
