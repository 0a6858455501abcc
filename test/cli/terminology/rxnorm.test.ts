import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expand, type Files, importFiles, lookUp } from '../../support/import-files.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

const url = 'http://www.nlm.nih.gov/research/umls/rxnorm'
let server: TestServer
beforeAll(async () => {
  server = await testServer()
  const lines = await importFiles(server, 'rxnorm', release(), 'RxNorm_full_01062025.zip')
  expect(lines).toEqual([expect.stringContaining(`RxNorm (${url}|01062025): 4 concepts`)])
})
afterAll(() => server.close())

/** Rows as RRF writes them: a bar behind each field. */
function rrf(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.join('|')}|\n`).join('')
}

function atom(rxcui: string, tty: string, name: string, { sab = 'RXNORM', suppress = 'N' } = {}): string[] {
  return [rxcui, 'ENG', '', '', '', '', '', `1${rxcui}`, '', rxcui, '', sab, tty, rxcui, name, '', suppress, '4096']
}

function relation(first: string, rela: string, second: string, sab = 'RXNORM', rel = 'RO'): string[] {
  return [first, '', 'CUI', rel, second, '', 'CUI', rela, '1', '', sab, sab, '', '', 'N', '']
}

function attribute(rxcui: string, name: string, value: string): string[] {
  return [rxcui, '', '', `1${rxcui}`, 'AUI', rxcui, '', '', name, 'RXNORM', value, 'N', '4096']
}

function release(more: readonly (readonly string[])[] = []): Files {
  const concepts = [
    atom('161', 'IN', 'acetaminophen'),
    atom('161', 'SY', 'APAP'),
    atom('161', 'FN', 'Paracetamol', { sab: 'SNOMEDCT_US' }),
    atom('313782', 'PSN', 'acetaminophen 325 MG Oral Tablet'),
    atom('313782', 'SCD', 'acetaminophen 325 MG Oral Tablet'),
    atom('202433', 'BN', 'Tylenol®'),
    atom('99999', 'SCD', 'old drug 1 µg', { suppress: 'O' }),
    atom('55555', 'CD', 'of another source', { sab: 'VANDF' }),
    ...more,
  ]
  return {
    'rrf/RXNCONSO.RRF': rrf(concepts),
    'rrf/RXNREL.RRF': rrf([
      relation('161', 'has_ingredient', '313782'),
      relation('161', 'has_ingredient', '313782'),
      relation('161', 'tradename_of', '202433'),
      relation('313782', '', '99999', 'RXNORM', 'RB'),
      relation('202433', '', '161', 'RXNORM', 'SY'),
      relation('55555', 'has_ingredient', '313782', 'VANDF'),
    ]),
    'rrf/RXNSAT.RRF': rrf([attribute('313782', 'NDC', '00573016940'), attribute('313782', 'RXN_STRENGTH', '325 MG')]),
    'rrf/RXNSTY.RRF': rrf([['161', 'T121', 'A1.4.1.1.1', 'Pharmacologic Substance', '', '']]),
    'prescribe/rrf/RXNCONSO.RRF': rrf([atom('161', 'IN', 'acetaminophen')]),
  }
}

describe('a release of RxNorm', () => {
  test('gives concepts their terms, ingredients and attributes', async () => {
    const drug = await lookUp(server, url, '313782')
    expect(drug.display).toBe('acetaminophen 325 MG Oral Tablet')
    expect(drug.properties).toEqual(
      expect.arrayContaining(['TTY=SCD', 'TTY=PSN', 'has_ingredient=161', 'NDC=00573016940', 'RXN_STRENGTH=325 MG']),
    )
    for (const property of ['has_ingredient=', 'RO=']) {
      expect(drug.properties.filter((one) => one.startsWith(property))).toEqual([`${property}161`])
    }
    const ingredient = await lookUp(server, url, '161')
    expect(ingredient).toMatchObject({ display: 'acetaminophen', designations: ['en: APAP'] })
    expect(ingredient.properties).toContain('STY=T121')
    expect((await lookUp(server, url, '202433')).display).toBe('Tylenol®')
  })

  test('keeps what is suppressed as retired', async () => {
    expect(await lookUp(server, url, '99999')).toMatchObject({ display: 'old drug 1 µg' })
    expect((await expand(server, `${url}?fhir_vs`, '&activeOnly=true')).sort()).toEqual(['161', '202433', '313782'])
  })

  test.each([
    ['TTY', 'SCD', ['313782', '99999']],
    ['has_ingredient', 'CUI:161', ['313782']],
    ['tradename_of', '161', ['202433']],
    ['RO', 'CUI:161', ['202433', '313782']],
    ['RB', 'CUI:313782', ['99999']],
    ['SY', '202433', ['161']],
  ])('is filtered by %s = %s', async (property, value, codes) => {
    const include = [{ system: url, filter: [{ property, op: '=', value }] }]
    const valueSet = { resourceType: 'ValueSet', status: 'active', compose: { include } }
    const reply = await server.fhir('POST', 'ValueSet/$expand', {
      resourceType: 'Parameters',
      parameter: [{ name: 'valueSet', resource: valueSet }],
    })
    const { contains } = reply.json['expansion'] as { contains: { code: string }[] }
    expect(contains.map(({ code }) => code).sort()).toEqual([...codes].sort())
  })
})

test.each([
  [
    'a row that is cut off',
    `${release()['rrf/RXNCONSO.RRF']}161|ENG|`,
    'RXNCONSO.RRF, line 9: The row has 2 columns instead of 18',
  ],
  ['an id that is none', String(release([atom('x1', 'IN', 'x')])['rrf/RXNCONSO.RRF']), "line 9: 'x1' is not an RXCUI"],
  ['no row of its own', rrf([atom('1', 'CD', 'x', { sab: 'VANDF' })]), 'RXNCONSO.RRF: No row is of the source RXNORM'],
  ['an empty file', '', 'RXNCONSO.RRF: The file is empty'],
])('a release with %s is refused', async (_case, text, expected) => {
  const files = { ...release(), 'rrf/RXNCONSO.RRF': text }
  await expect(importFiles(server, 'rxnorm', files, 'RxNorm_full_02032025.zip')).rejects.toThrow(expected)
  expect(await lookUp(server, url, '161')).toMatchObject({ version: '01062025' })
})

test.each(['RXNREL.RRF', 'RXNSAT.RRF'])('a release without %s, or with nothing in it, is refused', async (name) => {
  const files = Object.entries(release()).filter(([path]) => path !== `rrf/${name}`)
  const archive = 'RxNorm_full_02032025.zip'
  await expect(importFiles(server, 'rxnorm', Object.fromEntries(files), archive)).rejects.toThrow(
    `The release is not complete: there is no file '${name}'`,
  )
  const empty = { ...release(), [`rrf/${name}`]: '' }
  await expect(importFiles(server, 'rxnorm', empty, archive)).rejects.toThrow(`${name}: The file is empty`)
  expect(await lookUp(server, url, '161')).toMatchObject({ version: '01062025' })
})

test('the subset of what can be prescribed has no semantic types, which is told', async () => {
  const files = Object.entries(release()).filter(([path]) => !path.includes('STY'))
  const lines = await importFiles(server, 'rxnorm', Object.fromEntries(files), 'RxNorm_full_prescribe_01062025.zip')
  expect(lines.slice(1)).toEqual([expect.stringContaining('RXNSTY.RRF: There is no such file')])
})
