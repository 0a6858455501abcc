/** Whose data a text tells: every reference to a Patient in it, and every Patient. */

/** Adds the ids of the patients in JSON as this server writes it. */
export function addPatientsIn(text: string, base: string, patients: Set<string>): void {
  for (let at = text.indexOf('Patient'); at >= 0; at = text.indexOf('Patient', at + 7)) {
    const after = text.charCodeAt(at + 7)
    if (after === slash) {
      if (beginsReference(text, at, base)) addId(text, at + 8, patients)
    } else if (after === quote && text.startsWith(beforeId, at + 7) && text.endsWith(beforeType, at)) {
      addId(text, at + 7 + beforeId.length, patients)
    }
  }
}

const beforeType = '"resourceType":"'
const beforeId = '","id":"'

function beginsReference(text: string, at: number, base: string): boolean {
  const before = text.charCodeAt(at - 1)
  if (before === quote) return true
  return before === slash && text.startsWith(base, at - 1 - base.length)
}

const quote = 0x22
const slash = 0x2f

/** An id, and what may come after it: the end, a version, a query or a part of the resource. */
const idThere = /([A-Za-z0-9\-.]{1,64})["/\\?]/y

function addId(text: string, at: number, patients: Set<string>): void {
  idThere.lastIndex = at
  const found = idThere.exec(text)?.[1]
  if (found !== undefined) patients.add(found)
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
