/** Letters as strokes, each in a box 90 pixels wide and 100 high: text would be drawn in whatever font the machine has. */
const LETTERS = [
  'M5,98 V8 L75,98 V8',
  'M45,6 A44,46 0 1 1 44.9,6',
  'M4,8 L42,98 L80,8',
  'M4,98 L42,8 L80,98 M20,68 H64',
];

/** A badge and the word NOVA with a soft shadow; all around is transparent. 720 × 240 pixels. */
export function drawLogo(): Buffer {
  const word = LETTERS.map((path, index) => `<path transform="translate(${index * 112} 0)" d="${path}"/>`).join('');
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="720" height="240">
  <defs>
    <filter id="shadow" x="-10%" y="-20%" width="120%" height="150%">
      <feDropShadow dx="0" dy="7" stdDeviation="8" flood-color="#1a0f2e" flood-opacity="0.75"/>
    </filter>
    <linearGradient id="badge" x1="0" y1="0" x2="1" y2="1">
      <stop offset="0" stop-color="#ff4d6d"/><stop offset="1" stop-color="#8338ec"/>
    </linearGradient>
  </defs>
  <g filter="url(#shadow)">
    <circle cx="120" cy="115" r="94" fill="url(#badge)"/>
    <path fill="#ffe066" d="M120,42 L139,96 L193,115 L139,134 L120,188 L101,134 L47,115 L101,96 Z"/>
    <g transform="translate(250 63)" fill="none" stroke="#ffb000" stroke-width="20" stroke-linecap="round" stroke-linejoin="round">${word}</g>
  </g>
</svg>`);
}
