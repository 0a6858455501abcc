import type { MeaningEntry } from './meanings.ts'

/** Urine, infections, screening, and what is measured at a visit. */
export const otherTests: readonly MeaningEntry[] = [
  {
    codes: ['24356-8', '24357-6'],
    en: {
      name: 'Urine test',
      about: 'Looks for signs of infection, kidney problems or diabetes in urine.',
    },
    es: {
      name: 'Análisis de orina',
      about: 'Busca señales de infección, de problemas de los riñones o de diabetes en la orina.',
    },
  },
  {
    codes: ['9318-7', '14959-1', '32294-1'],
    en: {
      name: 'Protein in urine',
      about: 'Very small amounts of protein in urine can be an early sign that kidneys need care.',
    },
    es: {
      name: 'Proteína en la orina',
      about:
        'Cantidades muy pequeñas de proteína en la orina pueden ser una señal temprana de que los riñones necesitan cuidado.',
    },
  },
  {
    codes: ['630-4'],
    en: {
      name: 'Urine culture',
      about: 'Shows whether bacteria grow in your urine, and which medicines work against them.',
    },
    es: {
      name: 'Cultivo de orina',
      about: 'Muestra si crecen bacterias en la orina y qué medicinas sirven contra ellas.',
    },
  },
  {
    codes: ['94500-6', '94531-1', '94558-4', '95941-1'],
    en: { name: 'COVID-19 test', about: 'Looks for the virus that causes COVID-19.' },
    es: { name: 'Prueba de COVID-19', about: 'Busca el virus que causa COVID-19.' },
  },
  {
    codes: ['16128-1', '13955-0', '48159-8'],
    en: { name: 'Hepatitis C test', about: 'Looks for signs of an infection with hepatitis C, now or in the past.' },
    es: { name: 'Prueba de hepatitis C', about: 'Busca señales de una infección por hepatitis C, actual o pasada.' },
  },
  {
    codes: ['56888-1', '75622-1', '7917-8'],
    en: { name: 'HIV test', about: 'Looks for signs of an infection with HIV.' },
    es: { name: 'Prueba de VIH', about: 'Busca señales de una infección por VIH.' },
  },
  {
    codes: ['2857-1', '35741-8'],
    en: {
      name: 'Prostate test (PSA)',
      about: 'A substance from the prostate. It can rise for harmless and for serious reasons.',
    },
    es: {
      name: 'Prueba de próstata (PSA)',
      about: 'Una sustancia de la próstata. Puede subir por razones inofensivas o serias.',
    },
  },
  {
    codes: ['85354-9', '55284-4', '35094-2', '96607-7'],
    en: {
      name: 'Blood pressure',
      about: 'The pressure in your blood vessels: the first number when the heart beats, the second when it rests.',
    },
    es: {
      name: 'Presión arterial',
      about: 'La presión en los vasos sanguíneos: el primer número cuando el corazón late, el segundo cuando descansa.',
    },
  },
  {
    codes: ['8480-6'],
    en: { name: 'Upper blood pressure', about: 'The pressure when the heart beats.' },
    es: { name: 'Presión alta (sistólica)', about: 'La presión cuando el corazón late.' },
  },
  {
    codes: ['8462-4'],
    en: { name: 'Lower blood pressure', about: 'The pressure between two beats of the heart.' },
    es: { name: 'Presión baja (diastólica)', about: 'La presión entre dos latidos del corazón.' },
  },
  {
    codes: ['8867-4'],
    en: { name: 'Heart rate', about: 'How often your heart beats in a minute.' },
    es: { name: 'Frecuencia cardíaca', about: 'Cuántas veces late el corazón por minuto.' },
  },
  {
    codes: ['9279-1'],
    en: { name: 'Breathing rate', about: 'How often you breathe in a minute.' },
    es: { name: 'Frecuencia respiratoria', about: 'Cuántas veces respira por minuto.' },
  },
  {
    codes: ['8310-5', '8331-1'],
    en: { name: 'Temperature', about: 'Your body temperature.' },
    es: { name: 'Temperatura', about: 'La temperatura del cuerpo.' },
  },
  {
    codes: ['2708-6', '59408-5'],
    en: { name: 'Oxygen in the blood', about: 'How much oxygen your blood carries, of what it could carry.' },
    es: { name: 'Oxígeno en la sangre', about: 'Cuánto oxígeno lleva la sangre, de lo que podría llevar.' },
  },
  {
    codes: ['29463-7', '3141-9'],
    en: { name: 'Weight', about: 'Your body weight.' },
    es: { name: 'Peso', about: 'El peso del cuerpo.' },
  },
  {
    codes: ['8302-2'],
    en: { name: 'Height', about: 'How tall you are.' },
    es: { name: 'Estatura', about: 'Cuánto mide de alto.' },
  },
  {
    codes: ['39156-5'],
    en: { name: 'Body mass index (BMI)', about: 'Your weight in relation to your height.' },
    es: { name: 'Índice de masa corporal (IMC)', about: 'El peso en relación con la estatura.' },
  },
]
