import type { Page } from 'playwright-core';

/**
 * Texts of an area with less than the contrast of WCAG 2 level AA to their background, each with its ratio.
 * @param selector of the areas; what is not visible is left out
 */
export const lowContrastTexts = (page: Page, selector: string): Promise<readonly string[]> =>
  page.evaluate(`(${FIND})(${JSON.stringify(selector)})`);

/** Runs in the page. Opacity counts as that of the text's color. */
const FIND = `(selector) => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const paint = (colors) => {
    canvas.fillStyle = 'white';
    canvas.fillRect(0, 0, 1, 1);
    for (const [color, opacity] of colors) {
      canvas.globalAlpha = opacity;
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      canvas.globalAlpha = 1;
    }
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const luminance = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((part) => {
      const value = part / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratioOf = (element) => {
    const above = [];
    for (let one = element; one; one = one.parentElement) above.unshift(one);
    const grounds = above.map((one) => [getComputedStyle(one).backgroundColor, 1]);
    const opacity = above.reduce((product, one) => product * Number(getComputedStyle(one).opacity), 1);
    const ground = luminance(paint(grounds));
    const text = luminance(paint([...grounds, [getComputedStyle(element).color, opacity]]));
    return (Math.max(ground, text) + 0.05) / (Math.min(ground, text) + 0.05);
  };
  const low = [];
  for (const area of document.querySelectorAll(selector)) {
    const texts = document.createTreeWalker(area, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const element = node.parentElement;
      const text = node.data.trim();
      if (text === '' || !element.checkVisibility()) continue;
      const ratio = ratioOf(element);
      if (ratio < 4.5) low.push(text.slice(0, 40) + ': ' + ratio.toFixed(1));
    }
  }
  return [...new Set(low)];
}`;
