/**
 * Search expressions evaluated by the `fhirpath` package, with what it cannot do rewritten: `resolve()` needs a server,
 * and `as` fails on repeating elements.
 */
import fhirpath from 'fhirpath'
import model from 'fhirpath/fhir-context/r4'
import type { Resource } from './world.ts'

/** A value with its FHIR type; `path` is that of its definition, for expressions relative to it. */
export interface Node {
  readonly type: string
  readonly path: string
  readonly data: unknown
}

/** Compiles the parts of an expression that can apply to a type of resource. */
export function compileFor(type: string, expression: string): (resource: Resource) => Node[] {
  const branches = branchesOf(expression).filter((branch) => appliesTo(type, branch))
  const compiled = branches.map((branch) => compile(rewrite(branch)))
  return (resource) => compiled.flatMap((evaluate) => evaluate(resource, resource))
}

/** Compiles an expression relative to elements at a path, such as a component of a composite. */
export function compileRelative(path: string, expression: string): (data: unknown, resource: Resource) => Node[] {
  const compiled = branchesOf(expression).map((branch) => compile({ base: path, expression: rewrite(branch) }))
  return (data, resource) => compiled.flatMap((evaluate) => evaluate(data, resource))
}

/** The operands of the outermost `|`. */
export function branchesOf(expression: string): string[] {
  const branches: string[] = []
  let depth = 0
  let quoted = false
  let start = 0
  for (let i = 0; i < expression.length; i++) {
    const char = expression[i]
    if (char === "'") quoted = !quoted
    else if (quoted) continue
    else if (char === '(') depth++
    else if (char === ')') depth--
    else if (char === '|' && depth === 0) {
      branches.push(expression.slice(start, i).trim())
      start = i + 1
    }
  }
  return [...branches, expression.slice(start).trim()]
}

/** The expression without what the package cannot evaluate; `uri` without `canonical`, which has parameters of its own. */
export function rewrite(expression: string): string {
  return expression
    .replace(
      /where\(resolve\(\) is (\w+)\)/g,
      "where(reference.startsWith('$1/') or reference.contains('/$1/') or type = '$1')",
    )
    .replace(/\((\S+) as (\w+)\)/g, '($1.ofType($2))')
    .replace(/\.as\((\w+)\)/g, '.ofType($1)')
    .replace(/ofType\(DateTime\)/g, 'ofType(dateTime)')
    .replace(/ofType\(uri\)/g, "where(type().name = 'uri')")
}

function appliesTo(type: string, branch: string): boolean {
  const head = /^\(*(\w+)/.exec(branch)?.[1] ?? ''
  // A branch that names no type is relative to whatever resource it is asked of.
  if (/^[a-z]/.test(head)) return true
  return [type, 'Resource', 'DomainResource'].includes(head)
}

/** What the package returns when it is told not to unwrap its values. */
interface ResourceNode {
  readonly path: string | null
  readonly fhirNodeDataType: string | null
  readonly data: unknown
}

function compile(expression: string | { base: string; expression: string }) {
  const evaluate = fhirpath.compile(expression, model, { resolveInternalTypes: false })
  return (data: unknown, resource: Resource): Node[] => {
    const results = evaluate(data as Resource, { resource }) as unknown[]
    return results.map(node).filter(({ data }) => data !== undefined && data !== null)
  }
}

function node(result: unknown): Node {
  if (typeof result === 'boolean') return { type: 'boolean', path: '', data: result }
  const { path, fhirNodeDataType, data } = result as ResourceNode
  return { type: fhirNodeDataType ?? path ?? '', path: path ?? '', data: isDecimal(data) ? data.toNumber() : data }
}

/** The package turns numbers into decimals of its own once it has calculated with them. */
function isDecimal(data: unknown): data is { toNumber(): number } {
  return typeof data === 'object' && data !== null && 'toNumber' in data
}
