/** Spanish: sessions that end. */
import type { sessionEnglish } from './texts-session-english.ts'

export const sessionSpanish: typeof sessionEnglish = {
  zone: 'Los días y las horas están en UTC.',

  sessionEnd: {
    withApps: 'Y desconectar todas las aplicaciones',
    withAppsHint:
      'Las aplicaciones que siguen conectadas continúan después de cerrar la sesión, salvo que marque esto. Entonces tendrán que volver a pedirle permiso.',
    endedWithApps: 'La sesión está cerrada en los demás navegadores y todas las aplicaciones están desconectadas.',
    idle: 'Si no hace nada durante {minutes} minutos, su sesión se cierra: a las {time}.',
    last: 'Su sesión se cierra a las {time}; después puede iniciarla de nuevo.',
    stay: 'Seguir con la sesión abierta (abre otra pestaña)',
    title: 'Su sesión sigue abierta',
    lead: 'Puede cerrar esta pestaña y continuar donde estaba: lo que escribió allí no ha cambiado.',
    signedOut: 'Su sesión ya se había cerrado y no se cambió nada. Inicie sesión y hágalo de nuevo.',
    kept: 'Su sesión se cerró antes de que esto se enviara. Guardamos lo que escribió durante una hora: inicie sesión y podrá revisarlo y enviarlo.',
  },

  kept: {
    title: 'Estaba a punto de enviar esto',
    lead: 'Su sesión se cerró antes de que se enviara. Todavía no se ha enviado nada.',
    nothing: 'Nada',
    send: 'Enviarlo ahora',
    discard: 'Descartarlo',
  },
}
