import { crc32, deflateSync } from 'node:zlib';

const many = (write: (index: number) => string, count: number): string =>
  Array.from({ length: count }, (_, index) => write(index)).join('');
const base64 = (bytes: string | Buffer): string => Buffer.from(bytes).toString('base64');

export const svgOf = (content: string, size = 200): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xi="http://www.w3.org/2001/XInclude" width="${size}" height="${size}">${content}</svg>`;

const ALL = 'width="100%" height="100%"';

/** A PNG of one bit per pixel, as small as possible. */
export function blankPng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const rows = deflateSync(Buffer.alloc(height * (1 + Math.ceil(width / 8))), { level: 9 });
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

const SHADOW = (region = ''): string =>
  `<filter id="s" ${region}><feDropShadow dx="4" dy="4" stdDeviation="6"/></filter>`;

const picture = (side: number): string => `data:image/png;base64,${base64(blankPng(side, side))}`;

/** Nested drawings, each of which shows the one before several times. */
export function embedded(levels: number, times: number): string {
  let drawing = svgOf(`<rect ${ALL}/>`);
  for (let level = 0; level < levels; level += 1) {
    drawing = svgOf(
      `<image id="i" ${ALL} href="data:image/svg+xml;base64,${base64(drawing)}"/>${'<use href="#i"/>'.repeat(times - 1)}`,
    );
  }
  return drawing;
}

/** A filter of a number of primitives, in units of pixels. */
const filtering = (times: number, size: number, primitive: string): string =>
  svgOf(
    `<filter id="k">${primitive.repeat(times)}</filter><rect width="${size}" height="${size}" fill="red" filter="url(#k)"/>`,
    size,
  );

/** Drawings with a number of references and a side in pixels. Each takes as long as possible for its kind of reference. */
export const REFERRING: Record<string, (times: number, size: number) => string> = {
  'kernels as large as they may be': (times, size) =>
    filtering(times, size, `<feConvolveMatrix order="20" kernelMatrix="${'1 '.repeat(400)}" divisor="400"/>`),
  'kernels of smaller pixels': (times, size) =>
    filtering(
      times,
      size,
      `<feConvolveMatrix order="5" kernelMatrix="${'1 '.repeat(25)}" divisor="25" kernelUnitLength="0.5"/>`,
    ),
  'lights of smaller pixels': (times, size) =>
    filtering(times, size, '<feSpecularLighting kernelUnitLength="0.5"><feDistantLight/></feSpecularLighting>'),
  'uses of a shape': (times, size) =>
    svgOf(`<defs><rect id="r" width="9" height="9"/></defs>${'<use href="#r"/>'.repeat(times)}`, size),
  'uses of a group of many': (times, size) =>
    svgOf(
      `<defs><g id="r">${'<rect width="9" height="9"/>'.repeat(300)}</g></defs>${'<use href="#r"/>'.repeat(times)}`,
      size,
    ),
  masks: (times, size) =>
    svgOf(`<mask id="m"><rect ${ALL} fill="#fff"/></mask>${`<rect ${ALL} mask="url(#m)"/>`.repeat(times)}`, size),
  'masks of masked shapes': (times, size) =>
    svgOf(
      `<mask id="n"><rect ${ALL} fill="#fff"/></mask><mask id="m">${`<rect ${ALL} mask="url(#n)"/>`.repeat(times)}</mask><rect ${ALL} mask="url(#m)"/>`,
      size,
    ),
  'transparent shapes': (times, size) => svgOf(`<rect ${ALL} opacity=".5"/>`.repeat(times), size),
  'uses of a transparent shape': (times, size) =>
    svgOf(`<defs><rect id="r" ${ALL} opacity=".5"/></defs>${'<use href="#r"/>'.repeat(times)}`, size),
  'transparent shapes in a transparent group': (times, size) =>
    svgOf(`<g opacity=".5">${`<g opacity=".5"><rect ${ALL}/></g>`.repeat(times)}</g>`, size),
  'patterns of patterns': (times, size) =>
    svgOf(
      `<pattern id="o" width="1" height="1"><rect ${ALL}/></pattern><pattern id="p" width="1" height="1">${`<rect ${ALL} fill="url(#o)"/>`.repeat(times)}</pattern><rect ${ALL} fill="url(#p)"/>`,
      size,
    ),
  'shapes that are filled as what is around them': (times, size) =>
    svgOf(
      `<pattern id="o" width="1" height="1"><rect ${ALL}/></pattern><defs><g id="g">${`<rect ${ALL}/>`.repeat(10)}</g></defs>${'<use href="#g" fill="url(#o)"/>'.repeat(times)}`,
      size,
    ),
  'markers at every vertex': (times, size) =>
    svgOf(
      `<marker id="k" markerWidth="3" markerHeight="3"><rect width="3" height="3"/></marker><path marker-mid="url(#k)" stroke="red" d="M0 0${'L1 1L2 5'.repeat(times)}"/>`,
      size,
    ),
  'shapes with a blur': (times, size) =>
    svgOf(
      `<filter id="f"><feGaussianBlur stdDeviation="5"/></filter><defs><rect id="r" ${ALL} filter="url(#f)"/></defs>${'<use href="#r"/>'.repeat(times)}`,
      size,
    ),
  'shapes with a shadow': (times, size) =>
    svgOf(`${SHADOW()}${`<rect width="${size / 8}" height="${size / 8}" filter="url(#s)"/>`.repeat(times)}`, size),
  'shapes with a shadow in a large region': (times, size) =>
    svgOf(
      `${SHADOW('x="-10000%" y="-10000%" width="20000%" height="20000%"')}${'<rect width="99" height="99" filter="url(#s)"/>'.repeat(times)}`,
      size,
    ),
  'paths with a shadow and a point far away': (times, size) =>
    svgOf(`${SHADOW()}${'<path d="M-9999 -9999M9 9h9v9zM9999 9999z" filter="url(#s)"/>'.repeat(times)}`, size),
  'shapes with a shadow in a region of all': (times, size) =>
    svgOf(
      `${SHADOW(`filterUnits="userSpaceOnUse" x="0" y="0" width="${size}" height="${size}"`)}${'<rect width="9" height="9" filter="url(#s)"/>'.repeat(times)}`,
      size,
    ),
  'small shapes with functions of filters': (times, size) =>
    svgOf('<rect width="9" height="9" filter="saturate(.5) blur(5px)"/>'.repeat(times), size),
  'uses of an embedded drawing': (times, size) =>
    svgOf(
      `<image id="i" ${ALL} href="data:image/svg+xml;base64,${base64(svgOf(`<rect ${ALL} opacity=".5"/>`))}"/>${'<use href="#i"/>'.repeat(times)}`,
      size,
    ),
  'embedded drawings of a mask': (times, size) =>
    svgOf(
      `<image id="i" ${ALL} href="data:image/svg+xml;base64,${base64(svgOf(`<mask id="m"><rect ${ALL} fill="#fff"/></mask><rect ${ALL} mask="url(#m)"/>`, size))}"/>${'<use href="#i"/>'.repeat(times)}`,
      size,
    ),
  'uses of a picture': (times, size) =>
    svgOf(`<image id="i" ${ALL} href="${picture(3000)}"/>${'<use href="#i"/>'.repeat(times)}`, size),
};

export { many };
