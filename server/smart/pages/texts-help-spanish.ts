/** Spanish: help for people. */
import type { helpEnglish } from './texts-help-english.ts'

export const helpSpanish: typeof helpEnglish = {
  person: {
    label: 'Sus páginas',
    home: 'Inicio',
    account: 'Cuenta',
    apps: 'Aplicaciones',
    access: 'Quién miró',
    people: 'Personas',
    review: 'Emergencias',
    signedInAs: 'Sesión de {name}',
  },

  helpPage: {
    title: 'Ayuda',
    lead: 'Lo que más se pregunta. Si no lo encuentra aquí, llame a su clínica o pase por ella.',
    begin: 'Ir a la página de inicio',
    topics: [
      {
        title: 'Olvidé mi contraseña',
        text: 'Elija «Olvidé mi contraseña» donde inicia sesión. Le enviamos un enlace para elegir una nueva. Sirve una sola vez, durante 30 minutos.',
      },
      {
        title: 'No me llega ningún mensaje',
        text: 'Busque en el correo no deseado. Si no está ahí, su clínica puede revisar qué dirección tiene su cuenta.',
      },
      {
        title: 'Tengo que esperar para iniciar sesión',
        text: 'Después de varias contraseñas equivocadas hacemos esperar un poco a todos, para que nadie adivine la suya. Espere y vuelva a intentarlo, o cambie su contraseña.',
      },
      {
        title: 'Tengo una carta con un código',
        text: 'Cree una cuenta, o inicie sesión, y elija «Usar una invitación». Escriba el código de la carta. Sirve una sola vez, durante treinta días. Su clínica puede hacer otro.',
      },
      {
        title: 'El segundo paso',
        text: 'Es un código que muestra una aplicación de su teléfono. Si no tiene el teléfono a mano, escriba uno de sus códigos de respaldo. Si también los perdió, llame a su clínica.',
      },
      {
        title: 'Aplicaciones que usan mi expediente',
        text: 'Ninguna aplicación ve su expediente si usted no la deja entrar. En «Aplicaciones» ve cuáles ha dejado entrar, y puede detenerlas.',
      },
      {
        title: 'Quién miró mi expediente',
        text: 'En «Quién miró» encuentra a todas las personas que abrieron su expediente, y cuándo. Ahí puede preguntar a su clínica por cada una.',
      },
      {
        title: 'Uso una computadora que también usan otros',
        text: 'Elija «Cerrar sesión» arriba en la página cuando termine. Si lo olvidó, inicie sesión en otro lugar: la página de su cuenta cierra las demás sesiones.',
      },
    ],
  },
}
