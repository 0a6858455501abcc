/** Value sets that came with a release of a code system. */
import type { JsonObject } from '../../fhir/json.ts'
import { sql } from '../../sql.ts'
import type { Db } from '../database.ts'

const batchSize = 500

export async function storeValueSets(db: Db, release: number, valueSets: AsyncIterable<JsonObject>): Promise<void> {
  let urls: string[] = []
  let contents: string[] = []
  const store = async () => {
    if (urls.length === 0) return
    await db.query(sql`
      insert into terminology_value_set (release, url, content)
      select ${release}, url, content from unnest(${urls}::text[], ${contents}::text[]) as v (url, content)`)
    urls = []
    contents = []
  }
  for await (const valueSet of valueSets) {
    urls.push(String(valueSet['url']))
    contents.push(JSON.stringify(valueSet))
    if (urls.length >= batchSize) await store()
  }
  await store()
}

/** Of the releases that are current, with the url of each. */
export async function valueSetsByUrl(
  db: Db,
  urls: readonly string[],
): Promise<{ readonly url: string; readonly content: string }[]> {
  return db.query(sql`
    select v.url, v.content from terminology_value_set v join terminology_release r on r.number = v.release
    where v.url = any(${urls}::text[]) and r.state = 'current'`)
}
