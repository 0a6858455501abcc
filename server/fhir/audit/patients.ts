/** Whose data a text tells: every reference to a Patient in it, and every Patient. */

const id = /[A-Za-z0-9\-.]{1,64}/y

/** Adds the ids of the patients in JSON as this server writes it. */
export function addPatientsIn(text: string, base: string, patients: Set<string>): void {
  for (let at = text.indexOf('Patient/'); at >= 0; at = text.indexOf('Patient/', at + 8)) {
    if (beginsReference(text, at, base)) addId(text, at + 8, '"/\\?', patients)
  }
  const resource = '"resourceType":"Patient","id":"'
  for (let at = text.indexOf(resource); at >= 0; at = text.indexOf(resource, at + resource.length)) {
    addId(text, at + resource.length, '"', patients)
  }
}

function beginsReference(text: string, at: number, base: string): boolean {
  const before = text.charCodeAt(at - 1)
  if (before === quote) return true
  return before === slash && text.startsWith(base, at - 1 - base.length)
}

const quote = 0x22
const slash = 0x2f

function addId(text: string, at: number, ends: string, patients: Set<string>): void {
  id.lastIndex = at
  const found = id.exec(text)?.[0]
  if (found !== undefined && ends.includes(text[at + found.length] ?? '')) patients.add(found)
}

/** The ids of patients that a request names: in its path, or as the value of a parameter for them. */
export function patientsNamed(query: string): readonly string[] {
  const mark = query.indexOf('?')
  const path = mark < 0 ? query : query.slice(0, mark)
  const inPath = /^Patient\/([A-Za-z0-9\-.]{1,64})(?:\/|$)/.exec(path)?.[1]
  const found = inPath === undefined ? [] : [inPath]
  if (mark < 0) return found
  for (const [name, value] of new URLSearchParams(query.slice(mark + 1))) {
    const [code, modifier] = name.split(':')
    const isPatient = code === 'patient' || modifier === 'Patient' || (path === 'Patient' && code === '_id')
    if (!isPatient && code !== 'subject') continue
    for (const one of value.split(',')) {
      const match = /^(Patient\/)?([A-Za-z0-9\-.]{1,64})$/.exec(one)
      if (match && (isPatient || match[1] !== undefined)) found.push(match[2]!)
    }
  }
  return [...new Set(found)]
}
