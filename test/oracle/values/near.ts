/** Distance on a sphere. https://hl7.org/fhir/R4/location.html#positional */

export interface Position {
  readonly latitude: number
  readonly longitude: number
}

export interface NearQuery extends Position {
  readonly kilometres: number
}

const earthRadius = 6371.0088
const units: Readonly<Record<string, number>> = { km: 1, m: 0.001, mi_us: 6336 / 3937, '[mi_us]': 6336 / 3937 }

/** Reads `latitude|longitude|distance|units`; 10 km unless said otherwise. */
export function nearQuery(parts: readonly string[]): NearQuery | undefined {
  const [latitude = '', longitude = '', distance = '', unit = ''] = parts
  const perUnit = units[unit || 'km']
  const numbers = [latitude, longitude, distance || '10'].map((text) => (text === '' ? Number.NaN : Number(text)))
  if (perUnit === undefined || numbers.some(Number.isNaN) || parts.length > 4) return undefined
  return { latitude: numbers[0]!, longitude: numbers[1]!, kilometres: numbers[2]! * perUnit }
}

/** True if the position is no farther than the query allows. */
export function isNear(query: NearQuery, position: Position): boolean {
  return distance(query, position) <= query.kilometres
}

/** The great circle between two positions, in kilometres. */
export function distance(from: Position, to: Position): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180
  const halfLatitude = Math.sin(radians(to.latitude - from.latitude) / 2)
  const halfLongitude = Math.sin(radians(to.longitude - from.longitude) / 2)
  const cosines = Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude))
  return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(halfLatitude ** 2 + cosines * halfLongitude ** 2)))
}
