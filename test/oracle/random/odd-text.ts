/** Values that no resource is likely to have, and characters that a careless server stumbles over. */
import type { SearchParameter, SearchParameterType } from '../../../server/fhir/definitions.ts'
import { isBoolean } from '../cell.ts'
import { escaped } from '../query.ts'
import type { World } from '../world.ts'
import type { Choice } from './choose-text.ts'
import type { Random } from './random.ts'

const strings = [
  '%',
  '_',
  "'",
  '"',
  '100%',
  "O'",
  '\\',
  'a,b',
  'x|y',
  '$1',
  '🙂',
  'ﬁ',
  '.*',
  '(',
  '-',
  'ß',
  ' a ',
  'NULL',
]
const tokens = ['%', 'a b', 'ümlaut', "x'y", '\\', 'a,b', 'no-such-code', '0', '🙂', ':', '(', '-1']
/** Anything else is refused. */
const truths = ['TRUE', 'False', '|true', 'true,false']
const numbers = ['0', '-0', '1e10', '-1e-9', '99999999', '0.000001', '007']

const texts: { readonly [T in SearchParameterType]?: (random: Random) => string } = {
  string: (random) => escaped(random.pick(strings)),
  token: (random) => escaped(random.pick(tokens)),
  uri: (random) => escaped(random.pick(['http://nowhere.example', 'urn:oid:9', 'a b', 'http://x/%20', 'http://'])),
  date: (random) =>
    random.pick(['1850', 'lt1901-02', 'ge2999-12-31', 'ap1900', 'ne0001', 'eb9999', 'sa2100-01-01T00:00:00Z']),
  number: (random) => random.pick(['', 'gt', 'lt', 'ap', 'ne']) + random.pick(numbers),
  quantity: (random) =>
    random.pick(['', 'gt', 'lt', 'ne']) + random.pick(numbers) + random.pick(['', '||x', '|urn:x|y']),
  reference: (random) => random.pick(['Patient/none', 'none', 'http://nowhere.example/fhir/Patient/1', 'Basic/-', '0']),
}

/** An odd value for a parameter; undefined for the types that have none. */
export function oddText(parameter: SearchParameter, random: Random, world: World): Choice | undefined {
  const text = isBoolean(world, parameter) ? random.pick(truths) : texts[parameter.type]?.(random)
  if (text === undefined) return undefined
  const modifier = parameter.type === 'string' ? random.pick(['', 'contains', 'exact']) : ''
  return { modifier, text, feature: `odd ${parameter.type}` }
}
