/** Locations near a point: `latitude|longitude|distance|units`. https://hl7.org/fhir/R4/location.html#positional */
import { any, type Sql, sql } from '../../../sql.ts'
import { OutcomeError } from '../../outcome.ts'
import { unescapedSplit, unescapeValue } from '../escapes.ts'
import type { SearchPath } from '../path.ts'
import type { Scope } from '../scope.ts'

/** Mean radius of the earth in kilometres (IUGG). */
const earthRadius = 6371.0088

const kilometresPer: Readonly<Record<string, number>> = { km: 1, m: 0.001, '[mi_us]': 1.609347219, mi_us: 1.609347219 }

export function nearCondition(
  paths: readonly SearchPath[],
  values: readonly string[],
  name: string,
  scope: Scope,
): Sql {
  return any(values.flatMap((value) => paths.map((path) => withinCondition(path, parseNear(value, name), scope))))
}

interface Near {
  readonly latitude: number
  readonly longitude: number
  readonly kilometres: number
}

function parseNear(text: string, name: string): Near {
  const [latitude = '', longitude = '', distance = '10', units = 'km'] = unescapedSplit(text, '|').map(unescapeValue)
  const near = {
    latitude: Number(latitude),
    longitude: Number(longitude),
    kilometres: Number(distance || '10') * (kilometresPer[units || 'km'] ?? Number.NaN),
  }
  const valid =
    latitude !== '' &&
    longitude !== '' &&
    Math.abs(near.latitude) <= 90 &&
    Math.abs(near.longitude) <= 360 &&
    near.kilometres >= 0
  if (valid) return near
  const expected = 'It takes latitude|longitude|distance|units with units km, m or [mi_us].'
  throw new OutcomeError('invalid-search-value', { name, value: text, type: 'special', expected })
}

/** First a band of latitudes, which the index serves, then the distance along a great circle. */
function withinCondition(path: SearchPath, { latitude, longitude, kilometres }: Near, scope: Scope): Sql {
  const band = (kilometres / earthRadius) * (180 / Math.PI) + 1e-9
  return sql`${scope.alias}.pk in (
    select a.pk from x_number a join x_number o on o.pk = a.pk and o.path = ${path.number + 1}
    where a.path = ${path.number} and a.low between ${latitude - band}::float8 and ${latitude + band}::float8
      and 2 * ${earthRadius}::float8 * asin(least(1, sqrt(
        power(sind((a.low - ${latitude}::float8) / 2), 2)
        + cosd(a.low) * cosd(${latitude}::float8) * power(sind((o.low - ${longitude}::float8) / 2), 2)))) <= ${kilometres}::float8)`
}
