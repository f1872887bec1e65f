/** Where a secret was found, and under what name it was planted. Holds no secret itself. */
export interface Finding {
  readonly place: string;
  readonly secret: string;
  readonly form: string;
}

/**
 * Looks for secrets in texts, as they are and in every form in which programs write them down.
 * @param secrets by the name under which they were planted
 * @param places by their name, what is written there
 */
export function findSecrets(
  secrets: Readonly<Record<string, string>>,
  places: Readonly<Record<string, string>>,
): Finding[] {
  const forms = Object.entries(secrets).flatMap(([secret, text]) =>
    formsOf(text).map(([form, written]) => ({ secret, form, written })),
  );
  return Object.entries(places).flatMap(([place, text]) => {
    const small = text.toLowerCase();
    return forms
      .filter(({ written }) => text.includes(written) || small.includes(written.toLowerCase()))
      .map(({ secret, form }) => ({ place, secret, form }));
  });
}

/** @returns how a text may be written down, each way once */
export function formsOf(text: string): (readonly [string, string])[] {
  const bytes = Buffer.from(text);
  const json = JSON.stringify(text).slice(1, -1);
  const ascii = json.replace(
    /[\u0080-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const forms: (readonly [string, string])[] = [
    ['plain', text],
    ['URL-encoded', encodeURIComponent(text)],
    ['form-encoded', new URLSearchParams({ text }).toString().slice('text='.length)],
    ['JSON', json],
    ['JSON within JSON', JSON.stringify(json).slice(1, -1)],
    ['ASCII JSON', ascii],
    ['hexadecimal', bytes.toString('hex')],
    ['reversed', Array.from(text).reverse().join('')],
    ...[0, 1, 2].flatMap((before) => {
      const base64 = base64Within(bytes, before);
      return [
        [`base64 behind ${String(before)} bytes`, base64],
        [
          `base64url behind ${String(before)} bytes`,
          base64.replaceAll('+', '-').replaceAll('/', '_'),
        ],
      ] as const;
    }),
  ];
  return forms.filter(
    ([, written], index) => forms.findIndex(([, other]) => other === written) === index,
  );
}

/** What of the base64 of a longer text is that of the given bytes alone, where so many bytes came before them. */
function base64Within(bytes: Buffer, before: number): string {
  const whole = Buffer.concat([Buffer.alloc(before), bytes]);
  const usable = whole.length - (whole.length % 3);
  return whole.subarray(before === 0 ? 0 : 3, usable).toString('base64');
}
