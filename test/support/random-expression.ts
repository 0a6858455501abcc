/** Random FHIRPath: expressions of a grammar over some elements, and texts that are nearly expressions. */
import { oneOf } from './random.ts'

type Random = () => number

const paths = [
  'name',
  'name.given',
  'name.family',
  'birthDate',
  'gender',
  'active',
  'contact',
  'contact.name',
  'extension',
  'extension.value',
  'deceased',
  'multipleBirth',
  'contained',
  'telecom.value',
  'managingOrganization.reference',
  'identifier.value',
  'maritalStatus.coding',
  'Patient.id',
  '$this',
  '%resource',
  '%context',
  'nothing',
  'children()',
  'descendants()',
]
const literals = [
  '1',
  '0',
  '-3',
  '007',
  '1.50',
  '2147483648',
  "'a'",
  "''",
  "'Peter'",
  "'1974-12-25'",
  "'5 mg'",
  "'(a+)+$'",
  'true',
  'false',
  '{}',
  '@2020',
  '@2020-02-29',
  '@1974-12-25T10:00:00Z',
  '@T10:30',
  "5 'mg'",
  '3 days',
  "4000 'ug'",
]
const operators = '+ - * / div mod & | = != ~ !~ < > <= >= in contains and or xor implies'.split(' ')
const types = ['Patient', 'HumanName', 'string', 'boolean', 'Quantity', 'System.String', 'FHIR.date', 'Integer']
const calls = (
  'empty exists not count distinct isDistinct hasValue getValue first last tail single toString toInteger toDecimal ' +
  'toBoolean toDate toDateTime toTime toQuantity convertsToInteger convertsToDate length upper lower trim toChars ' +
  'abs ceiling floor round sqrt ln exp truncate children descendants resolve htmlChecks allTrue anyTrue allFalse type'
).split(' ')
const projections = 'where exists all select repeat aggregate trace iif'.split(' ')
const binaryCalls = (
  'startsWith endsWith contains indexOf matches matchesFull split join union combine intersect exclude subsetOf ' +
  'supersetOf skip take extension memberOf conformsTo power log round'
).split(' ')

/** An expression of the grammar; `depth` limits how deeply it is nested. */
export function randomExpression(random: Random, depth = 4): string {
  const inner = () => randomExpression(random, depth - 1 - Math.floor(random() * 2))
  if (depth <= 0) return random() < 0.6 ? oneOf(random, paths) : oneOf(random, literals)
  const forms: readonly (() => string)[] = [
    () => `${inner()} ${oneOf(random, operators)} ${inner()}`,
    () => `(${inner()}) ${oneOf(random, operators)} (${inner()})`,
    () => `(${inner()}).${oneOf(random, calls)}()`,
    () => `${oneOf(random, paths)}.${oneOf(random, calls)}()`,
    () => `(${inner()}).${oneOf(random, projections)}(${inner()})`,
    () => `${oneOf(random, paths)}.${oneOf(random, projections)}(${inner()})`,
    () => `(${inner()}).${oneOf(random, binaryCalls)}(${inner()})`,
    () => `(${inner()}).${oneOf(random, paths)}`,
    () => `(${inner()}) ${oneOf(random, ['is', 'as'])} ${oneOf(random, types)}`,
    () => `(${inner()}).${oneOf(random, ['ofType', 'is', 'as'])}(${oneOf(random, types)})`,
    () => `(${inner()})[${inner()}]`,
    () => `iif(${inner()}, ${inner()}, ${inner()})`,
    () => `(${inner()}).replace(${inner()}, ${inner()})`,
    () => `(${inner()}).replaceMatches(${inner()}, ${inner()})`,
    () => `(${inner()}).substring(${inner()}, ${inner()})`,
    () => `(${inner()}).aggregate($total & ${inner()}, ${inner()})`,
    () => `(${inner()}).defineVariable('v').select(%v & ${inner()})`,
    () => `-${inner()}`,
  ]
  return oneOf(random, forms)()
}

/** The text with some of its characters or words lost, doubled, exchanged or replaced. */
export function brokenText(text: string, random: Random): string {
  const changes: readonly ((before: string, part: string, after: string) => string)[] = [
    (before, _part, after) => before + after,
    (before, part, after) => before + part + part + after,
    (before, part, after) => before + part.split('').reverse().join('') + after,
    (before, part, after) => before + oneOf(random, literals) + part + after,
    (before, _part, after) => before + oneOf(random, [...'()[]{}.,\'`"\\%$@#|&~!?\0\u{1f600}/*']) + after,
    (before, part) => before + part,
    (before, part, after) => `${before}${oneOf(random, operators)} ${part}${after}`,
  ]
  const start = Math.floor(random() * text.length)
  const end = start + Math.floor(random() * Math.min(12, text.length - start + 1))
  const broken = oneOf(random, changes)(text.slice(0, start), text.slice(start, end), text.slice(end))
  return random() < 0.4 ? brokenText(broken, random) : broken
}
