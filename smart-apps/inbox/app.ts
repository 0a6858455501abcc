/** What the inbox is to a SMART server, and where it runs. */
import type { App } from '../shared/session/launch.ts'
import type { SessionWorld } from '../shared/session/smart-session.ts'
import client from './client.json' with { type: 'json' }

/** Beside the folders of the apps. */
export const issuersUrl = new URL('../issuers.json', location.href)

const app: App = { name: 'inbox', scope: client.scope, redirectUri: new URL('./', location.href).href }

export function sessionWorld(): SessionWorld {
  return {
    app,
    location: new URL(location.href),
    storage: sessionStorage,
    show: (url) => history.replaceState(null, '', url),
    leave: (url) => location.assign(url),
    now: Date.now,
  }
}
