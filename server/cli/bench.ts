/** `candela bench`: the measuring itself is in the test folder, which an installation without sources lacks. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ConfigError } from '../config.ts'

const program = join(import.meta.dirname, '..', '..', 'test', 'bench', 'bench.ts')

export const benchUsage = '[--rows N] [--quick] [--only PART] [--keep DIR]'

export async function bench(args: readonly string[]): Promise<number> {
  if (!existsSync(program)) {
    console.error(`The benchmark is part of the source tree: ${program} is absent here.`)
    return 1
  }
  const { runBench, tableText, parts } = (await import(program)) as typeof import('../../test/bench/bench.ts')
  const options = readOptions(
    args,
    parts.map((part) => part.name),
  )
  const rows = await runBench(options, (line) => console.error(line))
  console.log(tableText(rows))
  return rows.every((row) => row.met !== false) ? 0 : 1
}

function readOptions(args: readonly string[], parts: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string' },
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      keep: { type: 'string' },
    },
  })
  const rows = Number(values.rows ?? (values.quick ? 50_000 : 1_000_000))
  if (!Number.isInteger(rows) || rows < 5000)
    throw new ConfigError(`--rows takes a number from 5000, not '${values.rows}'.`)
  if (values.only !== undefined && !parts.includes(values.only)) {
    throw new ConfigError(`--only takes one of ${parts.join(', ')}, not '${values.only}'.`)
  }
  return {
    rows,
    quick: values.quick,
    ...(values.only !== undefined && { only: values.only }),
    ...(values.keep !== undefined && { keep: values.keep }),
  }
}
