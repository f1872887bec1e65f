/** One of the six colours of `playground.css`, the same for a name each time. */
export const hueOf = (name: string) =>
  Array.from(name, (letter) => letter.charCodeAt(0)).reduce((sum, code) => sum + code, 0) % 6;
