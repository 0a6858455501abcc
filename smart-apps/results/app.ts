/** What the results app is to a SMART server, and where it runs. */
import type { App } from '../shared/session/launch.ts'
import type { SessionWorld } from '../shared/session/smart-session.ts'
import client from './client.json' with { type: 'json' }

/** Beside the folders of the apps. */
export const issuersUrl = new URL('../issuers.json', location.href)

const home = new URL('./', location.href)

const app: App = { name: 'results', scope: client.scope, redirectUri: home.href }

/** What the history's entry said when the app was left to sign in. */
const lookedAt = 'results-looked-at'

export function sessionWorld(): SessionWorld {
  return {
    app,
    location: new URL(location.href),
    storage: sessionStorage,
    show: (url) => {
      history.replaceState(null, '', url)
      const looked = JSON.parse(sessionStorage.getItem(lookedAt) ?? 'null')
      // On top of the list, so that the way back leads there and not to the pages of the sign-in.
      if (looked !== null) history.pushState(looked, '', url)
      sessionStorage.removeItem(lookedAt)
    },
    leave: (url) => {
      sessionStorage.setItem(lookedAt, JSON.stringify(history.state))
      location.assign(url)
    },
    now: Date.now,
  }
}
