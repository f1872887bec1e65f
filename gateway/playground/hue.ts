/** One of the six colours of `playground.css`, constant for a name. */
export const hueOf = (name: string) =>
  Array.from(name, (letter) => letter.charCodeAt(0)).reduce((sum, code) => sum + code, 0) % 6;
