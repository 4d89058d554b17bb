import { balloon, ridge, spruces } from './shapes.ts';

/** Pixels of the scene, 3 to 2. */
export const SCENE = { width: 1440, height: 960 };

/** Where the lake begins, pixels from the top. */
const HORIZON = 610;

const { width, height } = SCENE;

const mountains = { width, foot: HORIZON };
const RIDGES = [
  { path: ridge({ ...mountains, left: 330, right: 440, roughness: 210, seed: 17 }), fill: 'far', rock: 0.35 },
  { path: ridge({ ...mountains, left: 500, right: 430, roughness: 150, seed: 8 }), fill: 'middle', rock: 0.45 },
  { path: ridge({ ...mountains, left: 520, right: 560, roughness: 110, seed: 5 }), fill: 'near', rock: 0.5 },
];

const area = (attributes: string): string => `<rect width="${width}" height="${height}" ${attributes}/>`;

const water = (attributes: string): string => `<rect width="${width}" height="${height - HORIZON}" ${attributes}/>`;

const stops = (...colours: string[]): string =>
  colours.map((colour, at) => `<stop offset="${at / (colours.length - 1)}" stop-color="${colour}"/>`).join('');

const fading = (id: string, ...colours: string[]): string =>
  `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1">${stops(...colours)}</linearGradient>`;

/** Noise as light and dark of an alpha that a matrix row gives. */
const noise = (id: string, frequency: string, alpha: string, octaves = 4): string => `
  <filter id="${id}" x="0" y="0" width="100%" height="100%">
    <feTurbulence type="fractalNoise" baseFrequency="${frequency}" numOctaves="${octaves}" seed="4"/>
    <feColorMatrix values="${alpha}"/>
  </filter>`;

const DEFINITIONS = `
  ${fading('sky', '#16386f', '#4f83b9', '#c9cbb9', '#f9c98a', '#f5975c')}
  ${fading('far', '#7f86b4', '#d0a79f')}
  ${fading('middle', '#3f5683', '#7d7590')}
  ${fading('near', '#24503f', '#35615a')}
  ${fading('lake', '#e09a6a', '#7792a6', '#2f5a80', '#12304f')}
  ${fading('meadow', '#4c7a2f', '#1d3515')}
  <radialGradient id="sun"><stop offset="0" stop-color="#fffbe6"/><stop offset="0.1" stop-color="#ffe9a8" stop-opacity="0.95"/>
    <stop offset="1" stop-color="#ffb765" stop-opacity="0"/></radialGradient>
  <radialGradient id="shade" cx="0.32" cy="0.3" r="0.8"><stop offset="0" stop-color="#fff" stop-opacity="0.38"/>
    <stop offset="0.4" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="#14102a" stop-opacity="0.72"/></radialGradient>
  ${noise('clouds', '0.0028 0.009', '0 0 0 0 1  0 0 0 0 0.95  0 0 0 0 0.9  2.6 0 0 0 -1.15', 6)}
  ${noise('rock', '0.012 0.03', '0 0 0 0 0.06  0 0 0 0 0.05  0 0 0 0 0.14  0 3.6 0 0 -1.4', 5)}
  ${noise('waves', '0.006 0.11', '0 0 0 0 1  0 0 0 0 0.9  0 0 0 0 0.78  3.2 0 0 0 -1.5', 3)}
  ${noise('grass', '0.22 0.05', '0 0 0 0 0.72  0 0 0 0 0.75  0 0 0 0 0.28  0 3 0 0 -1.35', 3)}
  ${noise('grain', '0.75', '0.9 0 0 0 0  0.9 0 0 0 0  0.9 0 0 0 0  0 0 0 0 0.07', 1)}
  <filter id="soft"><feGaussianBlur stdDeviation="7 2"/></filter>
  ${RIDGES.map(({ path, fill }) => `<clipPath id="clip-${fill}"><path d="${path}"/></clipPath>`).join('')}
  <clipPath id="water">${water('')}</clipPath>
  <clipPath id="shore"><path d="M0,830 C240,800 430,880 700,905 C900,925 1150,930 1440,900 L1440,960 L0,960 Z"/></clipPath>`;

const land = RIDGES.map(
  ({ path, fill, rock }) =>
    `<path d="${path}" fill="url(#${fill})"/><g clip-path="url(#clip-${fill})" opacity="${rock}">${area('filter="url(#rock)"')}</g>`,
).join('');

const mirrored = RIDGES.map(({ path, fill }) => `<path d="${path}" fill="url(#${fill})"/>`).join('');

const air = `${area('fill="url(#sky)"')}<g opacity="0.75">${area('filter="url(#clouds)"')}</g>
  <circle cx="400" cy="345" r="430" fill="url(#sun)"/>${land}
  <circle cx="400" cy="345" r="520" fill="url(#sun)" opacity="0.25"/>`;

/** A lake below mountains in the evening, and a balloon above it on the right: an SVG that looks like a photograph. */
export function drawScene(): Buffer {
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
  <defs>${DEFINITIONS}</defs>
  ${air}
  <g transform="translate(0 ${HORIZON})">
    ${water('fill="url(#lake)"')}
    <g clip-path="url(#water)">
      <g transform="translate(0 ${HORIZON * 0.55}) scale(1 -0.55)" opacity="0.4" filter="url(#soft)">${mirrored}</g>
      <ellipse cx="400" cy="20" rx="150" ry="300" fill="url(#sun)" opacity="0.85"/>
      <g transform="translate(1010 160) scale(0.85 -0.42)" opacity="0.4" filter="url(#soft)">${balloon()}</g>
    </g>
    <g opacity="0.5">${water('filter="url(#waves)"')}</g>
  </g>
  <g transform="translate(1010 235)">${balloon()}</g>
  <path d="${spruces(20, 850)}" fill="#12261d"/>
  <g clip-path="url(#shore)"><rect y="790" width="${width}" height="170" fill="url(#meadow)"/>${area('filter="url(#grass)"')}</g>
  ${area('filter="url(#grain)"')}
</svg>`);
}
