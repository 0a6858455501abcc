import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { expand, importFiles, lookUp } from '../../support/import-files.ts'
import { codes, concepts, path, related, smallSnapshot } from '../../support/small-snapshot.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

const url = 'http://snomed.info/sct'
const version = `${url}/900000000000207008/version/20250101`
let server: TestServer
beforeAll(async () => {
  server = await testServer()
  const lines = await importFiles(server, 'snomed', smallSnapshot(), 'SnomedCT_InternationalRF2.zip')
  expect(lines).toEqual([expect.stringContaining(`SNOMED CT (${url}|${version}): ${concepts.length} concepts`)])
})
afterAll(() => server.close())

const ecl = (expression: string) => expand(server, `${url}?fhir_vs=ecl/${expression}`)

describe('a snapshot of SNOMED CT', () => {
  test('gives concepts their preferred terms, synonyms and attributes', async () => {
    const found = await lookUp(server, url, codes.valveDisease)
    expect(found).toMatchObject({ display: 'Heart valve disorder', version })
    expect(found.properties).toEqual(
      expect.arrayContaining([
        'inactive=false',
        `parent=${codes.heartDisease}`,
        'sufficientlyDefined=true',
        'moduleId=900000000000207008',
        `${codes.site}=${codes.valve}`,
        `${codes.morphology}=${codes.stenosis}`,
      ]),
    )
    const disease = await lookUp(server, url, codes.heartDisease)
    expect(disease.display).toBe('Heart disease')
    expect(disease.designations).toEqual(
      expect.arrayContaining(['en-US: Heart disease', 'en-GB: Disorder of heart', 'en: Heart disease (disorder)']),
    )
    expect(disease.designations.join()).not.toContain('Cardiac illness')
  })

  test('keeps letters beyond ASCII, and languages', async () => {
    const { display, designations, properties } = await lookUp(server, url, codes.meniere)
    expect(display).toBe("Ménière's disease")
    expect(designations).toContain('fr: Maladie de Ménière')
    expect(properties).toEqual(expect.arrayContaining(['effectiveTime=2024-03-01', `${codes.strength}=12.5`]))
    expect(await expand(server, `${url}?fhir_vs`, '&filter=meniere')).toEqual([codes.meniere])
  })

  test('keeps concepts out of use, with those in their place', async () => {
    const { properties } = await lookUp(server, url, codes.retired)
    expect(properties).toEqual(
      expect.arrayContaining(['inactive=true', `association-${codes.sameAs}=${codes.heartDisease}`]),
    )
    expect(await expand(server, `${url}?fhir_vs`, '&activeOnly=true')).not.toContain(codes.retired)
  })

  test.each([
    [
      'what is below',
      `?fhir_vs=isa/${codes.finding}`,
      [codes.finding, codes.heartDisease, codes.valveDisease, codes.meniere],
    ],
    ['the members of a reference set', `?fhir_vs=refset/${codes.refset}`, [codes.heart, codes.valve]],
    ['members by expression', `?fhir_vs=ecl/^ ${codes.refset}`, [codes.heart, codes.valve]],
  ])('implies value sets of %s', async (_case, query, expected) => {
    expect((await expand(server, url + query)).sort()).toEqual([...expected].sort())
    expect((await expand(server, `${url}/900000000000207008${query}`)).sort()).toEqual([...expected].sort())
  })

  test.each([
    ['refset/1', 404, 'refset/1'],
    [`refset/${codes.heart}`, 404, codes.heart],
    ['isa/999', 404, 'isa/999'],
    ['isa/', 404, 'isa/'],
  ])('implies no value set %s', async (query, status, expected) => {
    for (const base of [url, `${url}/900000000000207008`]) {
      const reply = await server.fhir('GET', `ValueSet/$expand?url=${encodeURIComponent(`${base}?fhir_vs=${query}`)}`)
      expect([reply.status, JSON.stringify(reply.json)]).toEqual([status, expect.stringContaining(expected)])
    }
  })

  test('a set without members is one nevertheless', async () => {
    expect(await expand(server, `${url}?fhir_vs=refset/${codes.emptySet}`)).toEqual([])
    expect(await expand(server, `${url}?fhir_vs=refset`)).toEqual([codes.emptySet])
  })

  const edition = `${url}/900000000000207008`
  const below = (concept: string) => ({ property: 'concept', op: 'is-a', value: concept })

  test.each([
    ['the edition from the release', version, edition],
    ['the release from the edition', edition, version],
  ])('takes the edition and its release for one: what is excluded of %s', async (_case, one, other) => {
    const reply = await server.fhir('POST', 'ValueSet/$expand', {
      ...{ resourceType: 'ValueSet', status: 'active' },
      compose: {
        include: [{ system: url, version: one, filter: [below(codes.heartDisease)] }],
        exclude: [{ system: url, version: other, concept: [{ code: codes.valveDisease }] }],
      },
    })
    const { contains } = reply.json['expansion'] as JsonObject
    expect((contains as JsonObject[]).map(({ code }) => code)).toEqual([codes.heartDisease])
    const valueSet = `${one}?fhir_vs=isa/${codes.heartDisease}`
    const query = new URLSearchParams({ url: valueSet, system: url, systemVersion: other, code: codes.valveDisease })
    const judged = await server.fhir('GET', `ValueSet/$validate-code?${query}`)
    expect((judged.json['parameter'] as JsonObject[])[0]).toEqual({ name: 'result', valueBoolean: true })
  })

  test('looks up what hundreds of filters and codes need at once', async () => {
    const strangers = Array.from({ length: 500 }, (_, i) => String(10000006 + i * 10))
    const value = [...strangers, codes.heart].join(',')
    const compose = {
      include: [
        ...strangers.map((code) => ({ system: url, filter: [{ property: 'concept', op: 'in', value: `${code},1` }] })),
        { system: url, filter: [{ property: 'concept', op: 'in', value }] },
      ],
    }
    const valueSet = { resourceType: 'ValueSet', status: 'active', compose }
    const reply = await server.fhir('POST', 'ValueSet/$expand', valueSet)
    expect([reply.status, (reply.json['expansion'] as JsonObject)['total']]).toEqual([200, 1])
    const coding = [...strangers, codes.heart].map((code) => ({ system: url, code }))
    const judged = await server.fhir('POST', 'ValueSet/$validate-code', {
      resourceType: 'Parameters',
      parameter: [
        { name: 'url', valueUri: `${url}?fhir_vs` },
        { name: 'codeableConcept', valueCodeableConcept: { coding } },
      ],
    })
    expect((judged.json['parameter'] as JsonObject[])[0]).toEqual({ name: 'result', valueBoolean: true })
  })

  test('lists no expressions, whether a filter wants them or not', async () => {
    for (const value of ['true', 'false']) {
      const filter = [below(codes.heartDisease), { property: 'expressions', op: '=', value }]
      const compose = { include: [{ system: url, filter }] }
      const reply = await server.fhir('POST', 'ValueSet/$expand', {
        ...{ resourceType: 'ValueSet', status: 'active', compose },
      })
      expect((reply.json['expansion'] as JsonObject)['total']).toBe(2)
    }
  })

  test('is asked by patterns, and tells what is wrong with them', async () => {
    const ask = (value: string) =>
      server.fhir('POST', 'ValueSet/$expand', {
        ...{ resourceType: 'ValueSet', status: 'active' },
        compose: { include: [{ system: url, filter: [{ property: 'display', op: 'regex', value }] }] },
      })
    expect(((await ask('(?i)HEART .* disorder')).json['expansion'] as JsonObject)['total']).toBe(1)
    const refused = await ask('(valve')
    expect([refused.status, JSON.stringify(refused.json)]).toEqual([422, expect.stringMatching(/parenthes/)])
  })

  test.each([
    [
      'attributes and their values',
      `< ${codes.finding}: ${codes.site} = << ${codes.heart}`,
      [codes.heartDisease, codes.valveDisease],
    ],
    ['groups', `< ${codes.finding}: { ${codes.site} = ${codes.valve}, ${codes.morphology} = * }`, [codes.valveDisease]],
    ['numbers', `*: ${codes.strength} > #12`, [codes.meniere]],
    ['definition', `* {{ C definitionStatus = defined }}`, [codes.valveDisease]],
    ['history', `${codes.heartDisease} {{ + HISTORY-MIN }}`, [codes.heartDisease, codes.retired]],
    ['values', `${codes.valveDisease} . ${codes.site}`, [codes.valve]],
    ['letters anywhere in a term', `* {{ term = wild:"*art *dis*" }}`, [codes.heartDisease, codes.valveDisease]],
    [
      'kinds of descriptions',
      `* {{ typeId = 900000000000003001, term = "heart" }}`,
      [codes.heartDisease, codes.valveDisease],
    ],
  ])('is asked by expressions for %s', async (_case, expression, expected) => {
    expect((await ecl(expression)).sort()).toEqual([...expected].sort())
  })

  test('tells how concepts stand to each other', async () => {
    const ask = async (a: string, b: string) => {
      const reply = await server.fhir('GET', `CodeSystem/$subsumes?system=${url}&codeA=${a}&codeB=${b}`)
      return (reply.json['parameter'] as JsonObject[])[0]!['valueCode']
    }
    expect(await ask(codes.finding, codes.valveDisease)).toBe('subsumes')
    expect(await ask(codes.valveDisease, codes.heart)).toBe('not-subsumed')
  })
})

describe('what is no snapshot', () => {
  const without = (file: string) =>
    Object.fromEntries(Object.entries(smallSnapshot()).filter(([name]) => name !== file))
  const headOnly = (file: string) => ({
    ...smallSnapshot(),
    [file]: `${String(smallSnapshot()[file]).split('\r\n')[0]}\r\n`,
  })
  const changed = (file: string, from: string, to: string) => ({
    ...smallSnapshot(),
    [file]: String(smallSnapshot()[file]).replaceAll(from, to),
  })

  const full = Object.fromEntries(
    Object.entries(smallSnapshot()).map(([name, content]) => [name.replaceAll('Snapshot', 'Full'), content]),
  )
  const [head] = String(smallSnapshot()[path.relationship]).split('\r\n')
  const line = (file: string) => String(smallSnapshot()[file]).split('\r\n').length

  test.each([
    ['a Full release', full, 'only other views. Give the release with its folder Snapshot'],
    ['a release without relationships', without(path.relationship), "no file 'sct2_Relationship_Snapshot_….txt'"],
    ['a release without descriptions', without(path.description), "no file 'sct2_Description_Snapshot-en_….txt'"],
    ['a release without languages', without(path.language), "no file 'der2_cRefset_LanguageSnapshot-en_….txt'"],
    ['a file of concepts without any', headOnly(path.concept), `${path.concept}: There is no row below the first`],
    ['a file of names without any', headOnly(path.description), `${path.description}: There is no row below the first`],
    ['a hierarchy without rows', headOnly(path.relationship), `${path.relationship}: There is no row below the first`],
    ['languages without rows', headOnly(path.language), `${path.language}: There is no row below the first`],
    ['an extension alone', changed(path.concept, codes.root, '138875006'), 'does not have the concept 138875005'],
    [
      'a table in another order',
      changed(path.concept, 'id\teffectiveTime', 'effectiveTime\tid'),
      "line 1: The column 'id' is not where releases of this kind have it",
    ],
    [
      'a text that is too long',
      changed(path.description, 'Heart structure', 'x'.repeat(70_000)),
      'The text has 70000 bytes, more than any has',
    ],
    ['something else', { 'readme.txt': 'Hello' }, "there is no file 'sct2_Concept_Snapshot_….txt'"],
    [
      'a column that is missing',
      { ...smallSnapshot(), [path.relationship]: `${head!.replace('typeId\t', '')}\r\n` },
      "sct2_Relationship_Snapshot_INT_20250101.txt, line 1: There is no column 'typeId'.",
    ],
    [
      'a row that is cut off',
      { ...smallSnapshot(), [path.concept]: `${smallSnapshot()[path.concept]}56265001\t2025` },
      `sct2_Concept_Snapshot_INT_20250101.txt, line ${line(path.concept)}: The row has 2 columns, the first row has 5.`,
    ],
    [
      'a concept that comes twice',
      smallSnapshot({ concept: [concepts[2]!] }),
      `line ${line(path.concept)}: The concept ${codes.heartDisease} came before`,
    ],
    [
      'concepts below each other',
      smallSnapshot({ relationship: [related(codes.finding, codes.valveDisease)] }),
      'lie below each other in a circle',
    ],
  ])('%s is refused, and nothing of it kept', async (_case, files, expected) => {
    await expect(importFiles(server, 'snomed', files)).rejects.toThrow(expected)
    expect(await lookUp(server, url, codes.heart)).toMatchObject({ version })
  })

  test('what small editions do without is told', async () => {
    const files = { ...without(path.association), 'a/readme.txt': '' }
    const lines = await importFiles(server, 'snomed', files)
    expect(lines.slice(1)).toEqual([
      expect.stringContaining('der2_cRefset_AssociationSnapshot_….txt: There is no such'),
    ])
  })

  test.each(['2002-01-31', '99999999', '20020230', ''])('a concept of the day %s has none', async (day) => {
    const files = changed(path.concept, `${codes.heart}\t20020131`, `${codes.heart}\t${day}`)
    const [, problem] = await importFiles(server, 'snomed', files)
    expect(problem).toContain(`'${day}' is not a day such as 20250131. The concept has no effectiveTime.`)
    const { properties, display } = await lookUp(server, url, codes.heart)
    expect([display, properties.filter((one) => one.startsWith('effectiveTime'))]).toEqual(['Heart structure', []])
  })

  test('a circle is told with the row that closes it', async () => {
    const files = smallSnapshot({ relationship: [related(codes.heart, codes.heart)] })
    const expected = `sct2_Relationship_Snapshot_INT_20250101.txt, line ${line(path.relationship)}: Concepts lie`
    await expect(importFiles(server, 'snomed', files)).rejects.toThrow(expected)
  })
})
