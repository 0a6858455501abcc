import { describe, expect, test } from 'vitest'
import { shown, validated } from '../../../support/profiles.ts'
import { code, div, observation, patient } from '../../../support/validation.ts'

type Row = readonly [name: string, resource: object, issues: readonly string[]]

const server = 'http://example.org/fhir/'
const urn = (i: number) => `urn:uuid:00000000-0000-4000-8000-00000000000${i}`

function bundle(type: string, entry: readonly object[], more: object = {}): object {
  return { resourceType: 'Bundle', type, ...more, entry }
}

const roe = { ...patient({ id: 'roe', active: true }) }
const entries = (...resources: object[]) => resources.map((resource, i) => ({ fullUrl: urn(i), resource }))

const urls: readonly Row[] = [
  ['URLs of a server', bundle('collection', [{ fullUrl: `${server}Patient/roe`, resource: roe }]), []],
  ['URNs', bundle('collection', entries(roe)), []],
  ['an entry without URL', bundle('collection', [{ resource: roe }]), ['rule-violated Bundle.entry[0] [full-url]']],
  [
    'a URL that is not absolute',
    bundle('collection', [{ fullUrl: 'Patient/roe', resource: roe }]),
    ['rule-violated Bundle.entry[0].fullUrl [full-url]'],
  ],
  [
    'a URL of another id',
    bundle('collection', [{ fullUrl: `${server}Patient/doe`, resource: roe }]),
    ['warning rule-violated Bundle.entry[0].fullUrl [full-url]'],
  ],
  [
    'a URL of a server without an id',
    bundle('collection', [{ fullUrl: `${server}Patient/roe`, resource: patient({ active: true }) }]),
    ['rule-violated Bundle.entry[0].fullUrl [full-url]'],
  ],
  [
    'the same URL twice',
    bundle('collection', [
      { fullUrl: urn(0), resource: roe },
      { fullUrl: urn(0), resource: roe },
    ]),
    ['invariant-violated Bundle [bdl-7]'],
  ],
  [
    'two links of a kind',
    bundle('collection', entries(roe), { link: [link('self'), link('self')] }),
    ['rule-violated Bundle.link[1] [bundle-link]'],
  ],
  [
    'a transaction, where entries need no URL',
    bundle('transaction', [{ resource: roe, request: { method: 'POST', url: 'Patient' } }]),
    [],
  ],
]

function link(relation: string): object {
  return { relation, url: `${server}Patient` }
}

const about = (reference: string) => observation({ subject: { reference } })

const references: readonly Row[] = [
  ['a reference by URN', bundle('collection', entries(roe, about(urn(0)))), []],
  [
    'a relative reference in an entry whose URL tells the server',
    bundle('collection', [
      { fullUrl: `${server}Patient/roe`, resource: roe },
      { fullUrl: `${server}Observation/o`, resource: { ...about('Patient/roe'), id: 'o' } },
    ]),
    [],
  ],
  [
    'a target of the wrong type',
    bundle('collection', entries(observation({}), about(urn(0)))),
    ['wrong-target Bundle.entry[1].resource.subject [target]'],
  ],
  [
    'a target that is there twice',
    bundle('history', [
      historyEntry('1'),
      historyEntry('2'),
      { ...historyEntry('1'), resource: { ...about('Patient/roe'), id: 'o' }, fullUrl: `${server}Observation/o` },
    ]),
    ['rule-violated Bundle.entry[2].resource.subject [bundle-reference]'],
  ],
  [
    'an id twice in one resource',
    patient({
      name: [
        { id: 'a', family: 'Roe' },
        { id: 'a', family: 'Doe' },
      ],
    }),
    ['rule-violated Patient.name[1] [id]'],
  ],
]

function historyEntry(versionId: string): object {
  const resource = { ...roe, meta: { versionId } }
  const request = { method: 'PUT', url: 'Patient/roe' }
  return { fullUrl: `${server}Patient/roe`, resource, request, response: { status: '200' } }
}

const found = (type: string, mode: string) => ({
  fullUrl: `${server}${type}/a`,
  resource: { resourceType: type, id: 'a', ...(type === 'Observation' && { status: 'final', code }) },
  search: { mode },
})
const searchset = (...entry: object[]) =>
  bundle('searchset', entry, { link: [{ relation: 'self', url: `${server}Patient?name=roe` }] })

const searches: readonly Row[] = [
  ['a match of the type', searchset(found('Patient', 'match'), found('Observation', 'include')), []],
  [
    'a match of another type',
    searchset(found('Observation', 'match')),
    ['rule-violated Bundle.entry[0].resource [search-mode]'],
  ],
  [
    'an outcome that is none',
    searchset(found('Patient', 'outcome')),
    ['rule-violated Bundle.entry[0].resource [search-mode]'],
  ],
]

const composition = (more: object = {}) => ({
  resourceType: 'Composition',
  text: { status: 'generated', div },
  status: 'final',
  type: { text: 'Letter' },
  date: '2024-01-01',
  title: 'Letter',
  author: [{ reference: urn(1) }],
  ...more,
})
const named = { identifier: { system: 'urn:ietf:rfc:3986', value: urn(9) }, timestamp: '2024-01-01T00:00:00Z' }
const author = { resourceType: 'Practitioner', active: true }
const document = (...resources: object[]) => bundle('document', entries(...resources), named)

const documents: readonly Row[] = [
  ['a document', document(composition(), author), []],
  [
    'a document that begins with something else',
    document(author, composition({ author: [{ reference: urn(0) }] })),
    ['invariant-violated Bundle [bdl-11]', 'rule-violated Bundle.entry[0] [first-entry]'],
  ],
  [
    'an author that is missing',
    document(composition({ author: [{ reference: urn(5) }] })),
    ['rule-violated Bundle.entry[0].resource.author[0] [document-reference]'],
  ],
  [
    'an entry that nothing leads to',
    document(composition(), author, roe),
    ['rule-violated Bundle.entry[2] [reachable]'],
  ],
  [
    'a section’s entry that is missing',
    document(composition({ section: [{ title: 'S', entry: [{ reference: urn(7) }] }] }), author),
    ['rule-violated Bundle.entry[0].resource.section[0].entry[0] [document-reference]'],
  ],
]

const header = (more: object = {}) => ({
  resourceType: 'MessageHeader',
  eventUri: 'urn:event',
  source: { endpoint: 'http://example.org/source' },
  ...more,
})
const message = (...resources: object[]) => bundle('message', entries(...resources), { timestamp: named.timestamp })

const messages: readonly Row[] = [
  ['a message', message(header({ focus: [{ reference: urn(1) }] }), roe), []],
  [
    'a message without a header',
    message(roe),
    ['invariant-violated Bundle [bdl-12]', 'rule-violated Bundle.entry[0] [first-entry]'],
  ],
  ['an entry that nothing leads to', message(header(), roe), ['warning rule-violated Bundle.entry[1] [reachable]']],
]

const contained: readonly Row[] = [
  ['a contained resource that is referred to', { ...about('#p'), contained: [{ ...roe, id: 'p' }] }, []],
  [
    'a contained resource that nothing refers to',
    observation({ contained: [{ ...roe, id: 'p' }] }),
    ['invariant-violated Observation [dom-3]'],
  ],
  [
    'a rule broken inside',
    { ...about('#p'), contained: [{ ...roe, id: 'p', contact: [{ gender: 'male' }] }] },
    ['invariant-violated Observation.contained[0].contact[0] [pat-1]'],
  ],
  [
    'a contained target of the wrong type',
    { ...about('#p'), contained: [{ resourceType: 'Practitioner', id: 'p', active: true }] },
    ['invalid-value Observation.subject.reference'],
  ],
]

const tables = {
  'Full URLs': urls,
  References: references,
  'Search sets': searches,
  Documents: documents,
  Messages: messages,
  'Contained resources': contained,
}

for (const [name, rows] of Object.entries(tables)) {
  describe(name, () => {
    test.each(rows)('%s', (_name, resource, issues) => {
      expect(shown(validated(resource))).toEqual(issues)
    })
  })
}
