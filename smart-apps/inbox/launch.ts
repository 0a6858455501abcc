/** `launch.html`: an EHR opens the app. */
import { launchFromOutside } from '../shared/session/smart-session.ts'
import { chosenLanguage } from '../shared/words/language.ts'
import { issuersUrl, sessionWorld } from './app.ts'
import { texts } from './words/texts.ts'

const language = chosenLanguage(localStorage, navigator.languages)
const own = texts[language]
document.documentElement.lang = language
const status = document.getElementById('status')!
status.textContent = own.loading

launchFromOutside(sessionWorld(), issuersUrl).catch(() => {
  const { what, next } = own.faults.launch
  status.textContent = `${what} ${next}`
  status.setAttribute('role', 'alert')
})
