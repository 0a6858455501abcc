/** Observations and conditions in which every kind of value and of time occurs. */
import type {
  ChargeItem,
  Condition,
  Encounter,
  Invoice,
  Observation,
  Procedure,
  RiskAssessment,
} from '@medplum/fhirtypes'

export const loinc = 'http://loinc.org'
export const ucum = 'http://unitsofmeasure.org'
export const snomed = 'http://snomed.info/sct'

type Rest = Omit<Partial<Observation>, 'resourceType' | 'id'>

const coded = (code: string, display?: string) => ({ coding: [{ system: loinc, code, ...(display && { display }) }] })
const ofUcum = (value: number, code: string, unit = code) => ({ value, unit, system: ucum, code })
const subject = (reference: string) => ({ subject: { reference } })

function observation(id: string, code: string, rest: Rest): Observation {
  return { resourceType: 'Observation', id, status: 'final', code: coded(code), ...rest }
}

const doses: readonly Observation[] = [
  observation('mg-5.4', '3000-1', { valueQuantity: ofUcum(5.4, 'mg'), ...subject('Patient/muller') }),
  observation('mg-5.44', '3000-1', { valueQuantity: ofUcum(5.44, 'mg'), ...subject('Patient/muller') }),
  observation('mg-5.45', '3000-1', { valueQuantity: ofUcum(5.45, 'mg'), ...subject('Patient/nguyen') }),
  observation('mg-5.35', '3000-1', { valueQuantity: ofUcum(5.35, 'mg') }),
  observation('g-0.0054', '3000-1', {
    valueQuantity: ofUcum(0.0054, 'g'),
    ...subject(`http://localhost/fhir/Patient/osman`),
  }),
  observation('ug-5400', '3000-1', { valueQuantity: ofUcum(5400, 'ug', 'µg') }),
  observation('text-unit', '3000-1', { valueQuantity: { value: 5.4, unit: 'mg' } }),
  observation('no-unit', '3000-1', { valueQuantity: { value: 5.4 } }),
  observation('own-unit', '3000-1', { valueQuantity: { value: 5.4, system: 'http://example.org/units', code: 'mg' } }),
  observation('negative', '3000-2', { valueQuantity: ofUcum(-3.5, 'mmol/L'), status: 'preliminary' }),
  observation('zero', '3000-2', { valueQuantity: ofUcum(0, 'mmol/L'), status: 'amended' }),
  observation('hundred', '3000-2', { valueQuantity: ofUcum(100, 'mmol/L'), status: 'cancelled' }),
  observation('less-than', '3000-3', { valueQuantity: { ...ofUcum(3, 'ng/mL'), comparator: '<' } }),
  observation('at-most', '3000-3', { valueQuantity: { ...ofUcum(3, 'ng/mL'), comparator: '<=' } }),
  observation('more-than', '3000-3', { valueQuantity: { ...ofUcum(3, 'ng/mL'), comparator: '>' } }),
  observation('at-least', '3000-3', { valueQuantity: { ...ofUcum(3, 'ug/L'), comparator: '>=' } }),
  observation('celsius', '8310-5', { valueQuantity: ofUcum(37.2, 'Cel', '°C') }),
  observation('fahrenheit', '8310-5', { valueQuantity: ofUcum(98.96, '[degF]') }),
  observation('international', '3000-4', { valueQuantity: ofUcum(12, '[iU]/L') }),
  observation('speed', '3000-5', { valueQuantity: ofUcum(23, 'mm/h') }),
  observation('no-number', '3000-5', { valueQuantity: { unit: 'mg', system: ucum, code: 'mg' } }),
]

const values: readonly Observation[] = [
  observation('sampled', '3001-1', {
    valueSampledData: { origin: { value: 2 }, period: 10, dimensions: 1, data: '1 2 3 E U' },
  }),
  observation('string', '3001-2', { valueString: 'Trace of Prōtéin' }),
  observation('concept', '3001-3', {
    valueCodeableConcept: {
      coding: [{ system: snomed, code: '260385009', display: 'Negative' }],
      text: 'Clearly negative',
    },
  }),
  observation('concept-text', '3001-3', { valueCodeableConcept: { text: 'Unclear  Result' } }),
  observation('date-value', '3001-4', { valueDateTime: '2016-05-04T12:00:00+10:00' }),
  observation('period-value', '3001-4', { valuePeriod: { start: '2016-05', end: '2016-06' } }),
  observation('boolean', '3001-5', { valueBoolean: true }),
  observation('absent', '3001-5', {
    dataAbsentReason: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: 'unknown' }],
    },
  }),
  observation('pressure', '85354-9', {
    category: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] },
    ],
    ...subject('Patient/muller'),
    encounter: { reference: 'Encounter/stay' },
    performer: [{ reference: 'Practitioner/dr-garcia' }, { reference: 'Organization/ward' }],
    component: [
      { code: coded('8480-6', 'Systolic'), valueQuantity: ofUcum(59, 'mm[Hg]') },
      { code: coded('8462-4', 'Diastolic'), valueQuantity: ofUcum(107, 'mm[Hg]') },
    ],
  }),
  observation('pressure-swapped', '85354-9', {
    ...subject('Patient/nguyen'),
    component: [
      { code: coded('8480-6'), valueQuantity: ofUcum(107, 'mm[Hg]') },
      { code: coded('8462-4'), valueQuantity: ofUcum(59, 'mm[Hg]') },
      { code: coded('8478-0'), dataAbsentReason: { text: 'not measured' } },
    ],
  }),
  observation('rh', '10331-7', {
    component: [
      {
        code: coded('883-9'),
        valueCodeableConcept: { coding: [{ system: snomed, code: '112144000', display: 'Blood group A' }] },
      },
      { code: coded('10331-7'), valueCodeableConcept: { coding: [{ system: snomed, code: '165747007' }] } },
    ],
  }),
  observation('several-codings', '3001-6', {
    code: {
      coding: [
        { system: loinc, code: '2345-7', display: 'Glucose [Mass/volume]' },
        { system: snomed, code: '33747003', display: 'Blood glucose' },
        { code: 'GLU' },
      ],
      text: 'Glücose',
    },
    valueQuantity: ofUcum(6.3, 'mmol/L'),
    ...subject('Patient/MULLER'),
  }),
]

const times: readonly Observation[] = [
  ['year', '2013'],
  ['month', '2013-01'],
  ['day', '2013-01-14'],
  ['minute', '2013-01-14T10:00:00Z'],
  ['millisecond', '2013-01-14T10:00:00.123Z'],
  ['microsecond', '2013-01-14T10:00:00.123456Z'],
  ['east', '2013-01-15T00:30:00+02:00'],
  ['west', '2013-01-13T23:30:00-05:00'],
  ['tenth', '2013-01-14T10:00:00.1Z'],
  ['new-year', '2012-12-31T23:30:00-01:00'],
].map(([id, effectiveDateTime]) =>
  observation(`at-${id}`, '3002-1', { effectiveDateTime: effectiveDateTime!, ...subject('Patient/osman') }),
)

const spans: readonly Observation[] = [
  observation('until', '3002-2', { effectivePeriod: { end: '2013-01-20' } }),
  observation('since', '3002-2', { effectivePeriod: { start: '2013-01-10T08:00:00Z' } }),
  observation('between', '3002-2', { effectivePeriod: { start: '2013-01-14', end: '2013-01-16' } }),
  observation('schedule', '3002-3', { effectiveTiming: { event: ['2013-01-14', '2013-02-20T12:00:00Z'] } }),
  observation('bounded', '3002-3', {
    effectiveTiming: { repeat: { boundsPeriod: { start: '2013-03-01' }, frequency: 1, period: 1, periodUnit: 'd' } },
  }),
  observation('daily', '3002-3', { effectiveTiming: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } } }),
  observation('instant', '3002-4', {
    effectiveInstant: '2013-01-14T09:59:59.999+00:00',
    hasMember: [{ reference: 'Observation/between' }],
  }),
  observation('member-chain', '3002-4', {
    hasMember: [{ reference: 'Observation/instant' }],
    derivedFrom: [{ reference: 'Observation/pressure' }],
  }),
  observation('circle', '3002-4', {
    hasMember: [{ reference: 'Observation/circle' }, { reference: 'Observation/member-chain/_history/1' }],
  }),
  observation('dangling', '3002-4', {
    subject: { reference: 'Patient/does-not-exist' },
    focus: [{ reference: 'Device/gone' }],
  }),
  observation('urn', '3002-4', {
    subject: { reference: 'urn:uuid:5f0c6a3e-2f0c-4a5e-8f6a-1f2a3b4c5d6e', type: 'Patient' },
  }),
  observation('by-identifier', '3002-4', {
    subject: { type: 'Patient', identifier: { system: 'http://hospital.example.org/mrn', value: 'A-100' } },
  }),
  observation('both', '3002-4', {
    subject: { reference: 'Patient/muller', identifier: { system: 'http://hospital.example.org/mrn', value: 'B-7' } },
  }),
]

const conditions: readonly Condition[] = [
  {
    resourceType: 'Condition',
    id: 'onset-age',
    subject: { reference: 'Patient/muller' },
    onsetAge: ofUcum(12, 'a'),
    code: { coding: [{ system: snomed, code: '38341003', display: 'Hypertension' }] },
  },
  {
    resourceType: 'Condition',
    id: 'onset-months',
    subject: { reference: 'Patient/muller' },
    onsetAge: ofUcum(144, 'mo'),
    abatementAge: ofUcum(20, 'a'),
  },
  {
    resourceType: 'Condition',
    id: 'onset-range',
    subject: { reference: 'Patient/nguyen' },
    onsetRange: { low: ofUcum(10, 'a'), high: ofUcum(14, 'a') },
    abatementString: 'around Easter',
  },
  {
    resourceType: 'Condition',
    id: 'onset-range-open',
    subject: { reference: 'Patient/nguyen' },
    onsetRange: { low: ofUcum(40, 'a') },
  },
  {
    resourceType: 'Condition',
    id: 'onset-string',
    subject: { reference: 'Group/102' },
    onsetString: 'In früher Kindheit',
    code: { text: 'Headache, chronic' },
  },
  {
    resourceType: 'Condition',
    id: 'onset-period',
    subject: { reference: 'Patient/osman' },
    onsetPeriod: { start: '2010' },
    abatementDateTime: '2012-02',
  },
  {
    resourceType: 'Condition',
    id: 'contained-asserter',
    subject: { reference: 'Patient/osman' },
    asserter: { reference: '#who' },
    contained: [
      { resourceType: 'Practitioner', id: 'who', name: [{ family: 'Contained', given: ['Carla'] }], gender: 'female' },
    ],
  },
]

const rest: readonly (RiskAssessment | Encounter | Procedure | ChargeItem | Invoice)[] = [
  {
    resourceType: 'RiskAssessment',
    id: 'risk',
    status: 'final',
    subject: { reference: 'Patient/muller' },
    prediction: [{ probabilityDecimal: 0.3 }, { probabilityDecimal: 80.5 }],
  },
  {
    resourceType: 'RiskAssessment',
    id: 'risk-range',
    status: 'final',
    subject: { reference: 'Patient/nguyen' },
    occurrencePeriod: { start: '2014' },
    prediction: [
      { probabilityRange: { low: { value: 0.2 }, high: { value: 0.4 } } },
      { qualitativeRisk: { text: 'low' } },
    ],
  },
  {
    resourceType: 'RiskAssessment',
    id: 'risk-half',
    status: 'preliminary',
    subject: { reference: 'Patient/osman' },
    occurrenceDateTime: '2014-03',
    prediction: [{ probabilityRange: { high: { value: 0.5 } } }],
  },
  {
    resourceType: 'Encounter',
    id: 'stay',
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP', display: 'inpatient encounter' },
    subject: { reference: 'Patient/muller' },
    length: ofUcum(36, 'h'),
    period: { start: '2013-01-13T12:00:00Z', end: '2013-01-15' },
    serviceProvider: { reference: 'Organization/ward' },
    location: [{ location: { reference: 'Location/ward-3' }, period: { start: '2013-01-13' } }],
    participant: [
      { individual: { reference: 'Practitioner/dr-joe' } },
      { individual: { reference: 'RelatedPerson/mother' } },
    ],
  },
  {
    resourceType: 'Encounter',
    id: 'visit',
    status: 'in-progress',
    class: { code: 'AMB' },
    subject: { reference: 'Patient/nguyen' },
    length: ofUcum(90, 'min'),
    partOf: { reference: 'Encounter/stay' },
    period: { start: '2024-05-01T10:00:00+02:00' },
  },
  {
    resourceType: 'Procedure',
    id: 'by-string',
    status: 'completed',
    subject: { reference: 'Patient/muller' },
    performedString: '2015',
  },
  {
    resourceType: 'Procedure',
    id: 'by-age',
    status: 'completed',
    subject: { reference: 'Patient/muller' },
    performedAge: ofUcum(30, 'a'),
    partOf: [{ reference: 'Procedure/by-string' }],
  },
  {
    resourceType: 'ChargeItem',
    id: 'charge',
    status: 'billable',
    code: { coding: [{ code: '01510' }] },
    subject: { reference: 'Patient/muller' },
    quantity: { value: 3 },
    factorOverride: 0.8,
    priceOverride: { value: 40, currency: 'EUR' },
    occurrenceTiming: { event: ['2017-01-25T08:00:00+01:00'] },
  },
  {
    resourceType: 'ChargeItem',
    id: 'charge-usd',
    status: 'planned',
    code: { text: 'Nice Code' },
    subject: { reference: 'Group/102' },
    factorOverride: 1e-3,
    priceOverride: { value: 40, currency: 'USD' },
    occurrencePeriod: { start: '2017-01' },
  },
  {
    resourceType: 'Invoice',
    id: 'invoice',
    status: 'issued',
    subject: { reference: 'Patient/muller' },
    totalNet: { value: 40.22, currency: 'EUR' },
    totalGross: { value: 48, currency: 'EUR' },
    date: '2017-01-25',
  },
]

export const observations = [...doses, ...values, ...times, ...spans, ...conditions, ...rest]
