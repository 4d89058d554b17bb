// A CloudFront Function (cloudfront-js-2.0, viewer request), deployed as it is. The runtime knows ECMAScript 5.1 and some of what came
// later, so this keeps to little: no imports, no spread, no destructuring, no for-of.
//
// Of a rendition without an extension it appends that of the best format which the client's Accept names: the origin answers
// `/card.avif` as to a client that takes AVIF first. So the path alone is the key of the cache, with at most three copies, and
// the hundreds of Accept headers never reach it. Where nothing fits the origin hears no Accept and gives what the worker chose.

/** The smallest first. */
const FORMATS = [
  { mediaType: 'image/avif', extension: 'avif' },
  { mediaType: 'image/webp', extension: 'webp' },
];

/** What the worker may have chosen; the client must not prefer it. */
const CHOSEN = ['image/jpeg', 'image/png'];

const WITHOUT_EXTENSION = /^\/v1\/images\/[^/]+\/renditions\/[^/.]+$/;

/** More are no browser's. */
const MOST_RANGES = 64;

// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it
function handler(event) {
  const request = event.request;
  // A link is signed for its path as it is, and its answer is kept by nobody here.
  if (!WITHOUT_EXTENSION.test(request.uri) || request.querystring.signature) return request;
  const format = bestFormat(weightsOf(listed(request.headers.accept)));
  if (format) request.uri += `.${format.extension}`;
  return request;
}

/** A header that came several times is one list. */
function listed(header) {
  if (!header) return '';
  return header.multiValue ? header.multiValue.map((each) => each.value).join(',') : header.value;
}

/** The weight of each media range, by its name (RFC 9110, 12.5.1); of one named twice the first counts. */
function weightsOf(accept) {
  const weights = {};
  const ranges = accept.split(',').slice(0, MOST_RANGES);
  for (let i = 0; i < ranges.length; i++) {
    const parts = ranges[i].split(';').map((part) => part.trim().toLowerCase());
    if (weights[parts[0]] === undefined) weights[parts[0]] = weightOf(parts);
  }
  return weights;
}

function weightOf(parts) {
  for (let i = 1; i < parts.length; i++) {
    if (parts[i].indexOf('q=') === 0) return Math.min(1, Math.max(0, Number(parts[i].slice(2)) || 0));
  }
  return 1;
}

/** Only what is named: a wildcard says nothing of what a client can draw. */
function bestFormat(weights) {
  let best;
  for (let i = 0; i < FORMATS.length; i++) {
    const weight = weights[FORMATS[i].mediaType] || 0;
    if (weight > (best ? weights[best.mediaType] : 0)) best = FORMATS[i];
  }
  for (let i = 0; i < CHOSEN.length; i++) {
    if (best && weightFor(CHOSEN[i], weights) > weights[best.mediaType]) return undefined;
  }
  return best;
}

/** What the most specific range that covers a media type says of it. */
function weightFor(mediaType, weights) {
  const ranges = [mediaType, 'image/*', '*/*'];
  for (let i = 0; i < ranges.length; i++) {
    if (weights[ranges[i]] !== undefined) return weights[ranges[i]];
  }
  return 0;
}
