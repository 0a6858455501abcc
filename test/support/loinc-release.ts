/** Writes files in the exact format of LOINC releases. */

/** As LOINC writes them: every field in quotes, CRLF. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map((field) => `"${field.replaceAll('"', '""')}"`).join(',')}\r\n`).join('')
}

/** Those of the table that tests fill. */
export const loincColumns = [
  'LOINC_NUM',
  'COMPONENT',
  'PROPERTY',
  'TIME_ASPCT',
  'SYSTEM',
  'SCALE_TYP',
  'METHOD_TYP',
  'CLASS',
  'STATUS',
  'CLASSTYPE',
  'RELATEDNAMES2',
  'SHORTNAME',
  'ORDER_OBS',
  'EXTERNAL_COPYRIGHT_NOTICE',
  'LONG_COMMON_NAME',
] as const

export function loincRow(values: Partial<Record<(typeof loincColumns)[number], string>>): string[] {
  return loincColumns.map((name) => values[name] ?? '')
}
