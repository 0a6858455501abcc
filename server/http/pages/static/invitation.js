// The code of an invitation comes behind the # of the letter's link, which browsers send to nobody. It waits here while
// the person signs in, and is filled into the form.
const key = 'candela-invitation'
const field = document.getElementById('code')

takeCode()
window.addEventListener('hashchange', takeCode)

function takeCode() {
  const sent = location.hash.slice(1)
  if (/^[0-9A-Za-z-]{16,40}$/.test(sent)) {
    sessionStorage.setItem(key, sent)
    history.replaceState(null, '', location.pathname + location.search)
  }
  const code = sessionStorage.getItem(key)
  if (field && code !== null && field.value === '') {
    field.value = code
    sessionStorage.removeItem(key)
  }
}
