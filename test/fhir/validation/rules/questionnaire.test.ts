import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../server/fhir/json.ts'
import { shown, validated } from '../../../support/profiles.ts'

const url = 'http://example.org/Questionnaire/q'
const system = 'http://example.org/CodeSystem/c'
const fhir = 'http://hl7.org/fhir/StructureDefinition/'
const coding = (code: string) => ({ system, code })
const exclusive = { url: `${fhir}questionnaire-optionExclusive`, valueBoolean: true }

const questionnaire: JsonObject = {
  resourceType: 'Questionnaire',
  url,
  name: 'Q',
  status: 'active',
  item: [
    { linkId: 'smokes', type: 'boolean', required: true },
    {
      linkId: 'details',
      type: 'group',
      enableWhen: [{ question: 'smokes', operator: '=', answerBoolean: true }],
      item: [
        {
          linkId: 'count',
          type: 'integer',
          required: true,
          extension: [
            { url: `${fhir}minValue`, valueInteger: 1 },
            { url: `${fhir}maxValue`, valueInteger: 100 },
          ],
        },
        { linkId: 'brand', type: 'string', maxLength: 5, repeats: true },
      ],
    },
    {
      linkId: 'colour',
      type: 'choice',
      repeats: true,
      answerOption: [
        { valueCoding: coding('red') },
        { valueCoding: coding('blue') },
        { valueCoding: coding('none'), extension: [exclusive] },
      ],
    },
    { linkId: 'sex', type: 'choice', answerValueSet: 'http://hl7.org/fhir/ValueSet/administrative-gender' },
    { linkId: 'note', type: 'display', text: 'Thank you.' },
  ],
}

function response(item: readonly object[], status = 'completed'): object {
  return { resourceType: 'QuestionnaireResponse', questionnaire: url, status, item }
}

const smokes = (valueBoolean: boolean) => ({ linkId: 'smokes', answer: [{ valueBoolean }] })
const details = (...item: object[]) => ({ linkId: 'details', item })
const count = (valueInteger: number) => ({ linkId: 'count', answer: [{ valueInteger }] })
const colour = (...codes: string[]) => ({
  linkId: 'colour',
  answer: codes.map((code) => ({ valueCoding: coding(code) })),
})
const gender = (code: string) => ({
  linkId: 'sex',
  answer: [{ valueCoding: { system: 'http://hl7.org/fhir/administrative-gender', code } }],
})

const at = 'rule-violated QuestionnaireResponse'

const responses: readonly (readonly [name: string, resource: object, issues: readonly string[]])[] = [
  ['all that is asked', response([smokes(true), details(count(5)), colour('red', 'blue'), gender('male')]), []],
  ['a required answer that is missing', response([colour('red')]), [`${at} [required]`]],
  ['a required answer that may still come', response([colour('red')], 'in-progress'), []],
  ['a required answer that is not asked for', response([smokes(false)]), []],
  ['an answer that is not asked for', response([smokes(false), details(count(5))]), [`${at}.item[1] [enable-when]`]],
  ['a question that is not there', response([smokes(false), { linkId: 'else' }]), [`${at}.item[1] [link-id]`]],
  ['a question in the wrong place', response([smokes(true), details(count(5)), count(5)]), [`${at}.item[2] [link-id]`]],
  ['questions in another order', response([colour('red'), smokes(false)]), [`${at}.item[1] [order]`]],
  [
    'two answers to one question',
    response([{ linkId: 'smokes', answer: [{ valueBoolean: false }, { valueBoolean: true }] }]),
    [`${at}.item[0] [repeats]`],
  ],
  ['the same question twice', response([smokes(false), smokes(false)]), [`${at}.item[1] [repeats]`]],
  [
    'an answer of another type',
    response([{ linkId: 'smokes', answer: [{ valueString: 'no' }] }]),
    [`${at}.item[0].answer[0].value [answer-type]`],
  ],
  [
    'an answer below the least',
    response([smokes(true), details(count(0))]),
    [`${at}.item[1].item[0].answer[0].value [answer-value]`],
  ],
  [
    'an answer above the most',
    response([smokes(true), details(count(101))]),
    [`${at}.item[1].item[0].answer[0].value [answer-value]`],
  ],
  [
    'an answer that is too long',
    response([smokes(true), details(count(1), { linkId: 'brand', answer: [{ valueString: 'abcdef' }] })]),
    [`${at}.item[1].item[1].answer[0].value [answer-value]`],
  ],
  [
    'a code that is no option',
    response([smokes(false), colour('green')]),
    [`${at}.item[1].answer[0].value [answer-option]`],
  ],
  [
    'an option that excludes others',
    response([smokes(false), colour('none', 'red')]),
    [`${at}.item[1].answer[0] [exclusive]`],
  ],
  [
    'a code outside the value set',
    response([smokes(false), gender('blue')]),
    [
      `${at}.item[1].answer[0].value [answer-value-set]`,
      `warning code-unknown-in-system QuestionnaireResponse.item[1].answer[0].value.code [code]`,
    ],
  ],
  [
    'an answer to a text',
    response([smokes(false), { linkId: 'note', answer: [{ valueString: 'x' }] }]),
    [`${at}.item[1] [answer]`],
  ],
]

describe('Responses', () => {
  test.each(responses)('%s', (_name, resource, issues) => {
    expect(shown(validated(resource, { known: [questionnaire] })).sort()).toEqual([...issues].sort())
  })
})

test('A questionnaire that is not known is told', () => {
  expect(shown(validated(response([smokes(true)])))).toEqual([
    'warning rule-violated QuestionnaireResponse.questionnaire [questionnaire]',
  ])
})

test('A contained questionnaire is the one that is meant', () => {
  const contained = [{ ...questionnaire, id: 'q' }]
  const resource = { ...response([colour('red')]), contained, questionnaire: '#q' }
  expect(shown(validated(resource))).toEqual([`${at} [required]`])
})

const conditions: readonly (readonly [name: string, question: string, issues: readonly string[]])[] = [
  ['another item', 'b', []],
  ['no item', 'x', ['rule-violated Questionnaire.item[0] [enable-when]']],
  ['itself', 'a', ['rule-violated Questionnaire.item[0] [enable-when]']],
  ['an item inside', 'c', ['rule-violated Questionnaire.item[0] [enable-when]']],
]

test.each(conditions)('A question may be enabled by the answer to another one: %s', (_name, question, issues) => {
  const item = [
    {
      linkId: 'a',
      type: 'group',
      text: 'A',
      enableWhen: [{ question, operator: 'exists', answerBoolean: true }],
      item: [{ linkId: 'c', type: 'string' }],
    },
    { linkId: 'b', type: 'string' },
  ]
  expect(shown(validated({ resourceType: 'Questionnaire', name: 'Q', status: 'active', item }))).toEqual(issues)
})
