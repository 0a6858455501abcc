import { describe, expect, test } from 'vitest'
import { parseScopes, printScopes } from '../../../server/access/scope.ts'
import { chosenScopes, scopeChoices } from '../../../server/smart/pages/scope-choices.ts'
import { textsIn } from '../../../server/smart/pages/texts.ts'

const record = {
  named: ['Condition', 'Encounter', 'Observation'],
  rest: { patient: ['Flag'], user: ['Flag', 'Basic'], system: [] },
  shared: ['Practitioner'],
}
const asked = (list: string) => parseScopes(list).scopes
const shown = (list: string) => scopeChoices(asked(list), record, 'en', textsIn.en)
const granted = (list: string, ticked: readonly string[] | undefined) =>
  printScopes(chosenScopes(asked(list), shown(list), ticked, record))

const problems = 'category=http://terminology.hl7.org/CodeSystem/condition-category|problem-list-item'
const plain = 'openid fhirUser launch/patient offline_access'

describe('What a person is asked', () => {
  test('is said in words, in the order in which people care', () => {
    const boxes = shown('patient/Encounter.rs patient/Appointment.cruds patient/Condition.read patient/Observation.c')
    expect(boxes.map(({ words, verbs }) => `${words}: ${verbs}`)).toEqual([
      'Health problems and diagnoses: see',
      'Lab results, vital signs and other measurements: add',
      'Visits and stays: see',
      'Appointments: see, add, change and delete',
    ])
  })

  test('is every type of the record where all of it is asked for', () => {
    expect(shown('patient/*.rs').map(({ value }) => value)).toEqual([
      'patient/Condition.rs',
      'patient/Observation.rs',
      'patient/Encounter.rs',
      'patient/*.rs',
    ])
  })

  test('names the kind of a granular scope, or else its criteria', () => {
    const boxes = shown(`patient/Condition.rs?${problems} patient/Observation.rs?code=http://loinc.org%7C8867-4`)
    expect(boxes.map(({ words, parts }) => [words, parts.length])).toEqual([
      ['Health problems and diagnoses: Health problems', 0],
      ['Lab results, vital signs and other measurements: limited to code=http://loinc.org|8867-4', 0],
    ])
  })

  test('offers the kinds of a type', () => {
    expect(shown('patient/Condition.read')[0]?.parts[0]).toEqual({
      value: `patient/Condition.rs?${problems}`,
      words: 'Health problems',
    })
  })

  test('is said in Spanish', () => {
    const [first] = scopeChoices(asked('patient/AllergyIntolerance.cu'), record, 'es', textsIn.es)
    expect(first).toMatchObject({ words: 'Alergias', verbs: 'añadir y cambiar' })
  })
})

const conditions = 'patient/Condition.rs'
const observations = 'patient/Observation.rs'

describe('What is granted', () => {
  test.each<[name: string, asked: string, ticked: readonly string[] | undefined, granted: string]>([
    ['all, where nobody was asked', `${plain} patient/*.rs`, undefined, `${plain} patient/*.rs`],
    [
      'all, where nothing was cleared',
      `${plain} patient/*.rs`,
      ['offline_access', conditions, observations, 'patient/Encounter.rs', 'patient/*.rs'],
      `${plain} patient/*.rs`,
    ],
    [
      'what is left of everything',
      `${plain} patient/*.rs`,
      ['offline_access', conditions],
      `${plain} ${conditions} patient/Practitioner.rs`,
    ],
    ['the rest of everything', 'user/*.rs', ['user/*.rs'], 'user/Flag.rs user/Basic.rs user/Practitioner.rs'],
    [
      'to see, and not to change, what the ticked refers to',
      'user/*.cruds',
      ['user/Condition.cruds'],
      'user/Condition.cruds user/Practitioner.rs',
    ],
    [
      'the same in the old spelling',
      'patient/*.*',
      ['patient/Condition.*'],
      'patient/Condition.* patient/Practitioner.read',
    ],
    [
      'to change it with the rest',
      'user/*.cruds',
      ['user/Condition.cruds', 'user/*.cruds'],
      'user/Condition.cruds user/Flag.cruds user/Basic.cruds user/Practitioner.cruds',
    ],
    ['nothing around what is only added', 'user/*.c', ['user/Condition.c'], 'user/Condition.c'],
    ['some types', `${conditions} ${observations}`, [observations], observations],
    ['no lasting access', `${plain} ${conditions}`, [conditions], `openid fhirUser launch/patient ${conditions}`],
    ['nothing', `${conditions}`, [], ''],
    [
      'kinds in the place of the whole',
      conditions,
      [conditions, `${conditions}?${problems}`],
      `${conditions}?${problems}`,
    ],
    [
      'kinds of what was asked in the old spelling',
      'patient/Condition.read',
      ['patient/Condition.read', `${conditions}?${problems}`],
      `${conditions}?${problems}`,
    ],
    ['no more than was asked', conditions, ['patient/Condition.cruds', observations, 'system/*.cruds'], conditions],
    [
      'the old spelling where it was asked in',
      'patient/Condition.read patient/Observation.read',
      ['patient/Condition.read'],
      'patient/Condition.read',
    ],
  ])('%s', (_name, list, ticked, expected) => {
    expect(granted(list, ticked)).toBe(expected)
  })
})
