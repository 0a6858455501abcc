/** Search parameters of packages that say what the base specification says already, as most of US Core's do. */
import type { SearchParameter } from '../definitions.ts'
import { OutcomeError } from '../outcome.ts'
import { typesOf } from './custom-parameter.ts'
import { compileParameter, type IndexCompiler, type IndexedParameter } from './search-index.ts'

/** The base specification's own parameter finds the same, on all types that this one applies to. */
export function isSameAsStandard(parameter: SearchParameter, compiler: IndexCompiler): boolean {
  const { definitions } = compiler
  const types = typesOf(parameter, definitions.resourceTypes)
  return (
    types.length > 0 &&
    types.every((type) => {
      const standard = definitions.searchParameters(type).get(parameter.code)
      return standard !== undefined && isSameOn(type, parameter, standard, compiler)
    })
  )
}

/** Whether the two find the same resources of a type. */
export function isSameOn(
  type: string,
  a: SearchParameter,
  standard: SearchParameter,
  compiler: IndexCompiler,
): boolean {
  if (a.type !== standard.type) return false
  try {
    const [own, other] = [compileParameter(a, type, compiler), compileParameter(standard, type, compiler)]
    const covered = own.targets.every((target) => other.targets.includes(target))
    return covered && signature(own) === signature(other)
  } catch (error) {
    if (error instanceof OutcomeError) return false
    throw error
  }
}

function signature({ paths, composite }: IndexedParameter): string {
  const pathText = ({ text, resolveType, types }: IndexedParameter['paths'][number]) =>
    [text, resolveType ?? '', ...types].join(' ')
  const parts = (composite ?? []).map(({ base, components }) => [
    pathText(base),
    ...components.map((component) => [component.type, ...component.paths.map(pathText)]),
  ])
  return JSON.stringify([paths.map(pathText).sort(), parts])
}
