import sharp from 'sharp';

const XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"';
const SIZE = 'width="96" height="64" viewBox="0 0 96 64"';

const svg = (content: string, attributes = ''): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" ${XLINK} ${SIZE} ${attributes}>${content}</svg>`;

/** A red and a blue pixel. */
const PNG = (
  await sharp(Buffer.from([255, 0, 0, 0, 0, 255]), { raw: { width: 2, height: 1, channels: 3 } })
    .png()
    .toBuffer()
).toString('base64');

const FILTERS = [
  '<feGaussianBlur stdDeviation="2"/><feOffset dx="2" dy="3"/><feBlend in="SourceGraphic" mode="multiply"/>',
  '<feColorMatrix type="saturate" values="0.2"/><feComponentTransfer><feFuncR type="table" tableValues="1 0"/></feComponentTransfer>',
  '<feTurbulence type="turbulence" baseFrequency="0.1" numOctaves="2" seed="3" stitchTiles="stitch"/><feDisplacementMap in="SourceGraphic" in2="SourceGraphic" scale="4" xChannelSelector="R" yChannelSelector="G"/>',
  '<feFlood flood-color="#0a0" flood-opacity=".5"/><feComposite operator="arithmetic" k1="0" k2="1" k3="1" k4="0" in2="SourceGraphic"/>',
  '<feMorphology operator="dilate" radius="2"/><feTile/><feMerge><feMergeNode/><feMergeNode in="SourceGraphic"/></feMerge>',
  '<feConvolveMatrix order="3" kernelMatrix="0 1 0 1 -4 1 0 1 0" divisor="1" bias="0" edgeMode="wrap" preserveAlpha="true"/>',
  '<feDiffuseLighting surfaceScale="2" diffuseConstant="1" lighting-color="#ff0"><feDistantLight azimuth="45" elevation="30"/></feDiffuseLighting>',
  '<feSpecularLighting specularConstant="1.5" specularExponent="10"><feSpotLight x="9" y="9" z="20" pointsAtX="40" pointsAtY="30" pointsAtZ="2" limitingConeAngle="40"/></feSpecularLighting>',
  `<feImage href="data:image/png;base64,${PNG}" preserveAspectRatio="none"/><feDropShadow dx="1" dy="1" stdDeviation="1"/>`,
  '<feImage xlink:href="#other"/>',
];

const filtered = Object.fromEntries(
  FILTERS.map((filter, index) => [
    `filter ${index + 1}`,
    svg(
      `<filter id="f" filterUnits="userSpaceOnUse" primitiveUnits="userSpaceOnUse" x="0" y="0" width="96" height="64" color-interpolation-filters="sRGB">${filter}</filter><circle id="shape" cx="40" cy="30" r="20" fill="#c33" filter="url(#f)"/><rect id="other" width="9" height="9"/>`,
    ),
  ]),
);

const ILLUSTRATOR = `<?xml version="1.0" encoding="utf-8"?>
<!-- Generator: Adobe Illustrator 27.0, SVG Export Plug-In -->
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [
  <!ENTITY ns_svg "http://www.w3.org/2000/svg"> <!ENTITY ns_xlink "http://www.w3.org/1999/xlink"> <!ENTITY ns_ai "http://ns.adobe.com/AdobeIllustrator/10.0/">
]>
<svg xmlns:i="&ns_ai;" xmlns="&ns_svg;" xmlns:xlink="&ns_xlink;" version="1.1" id="Layer_1" x="0px" y="0px" ${SIZE} style="enable-background:new 0 0 96 64;" xml:space="preserve" i:viewOrigin="1 2">
<style type="text/css"><![CDATA[ .st0{fill:#1D71B8;} .st1{fill:none;stroke:#E30613;stroke-width:3;stroke-linecap:round;} .st2{fill:url(#g);} ]]></style>
<switch><foreignObject requiredExtensions="&ns_ai;" x="0" y="0" width="1" height="1"><i:pgfRef xlink:href="#adobe_illustrator_pgf"/></foreignObject>
<g i:extraneous="self"><linearGradient id="g" gradientUnits="userSpaceOnUse" x1="0" y1="0" x2="96" y2="0" gradientTransform="matrix(1 0 0 -1 0 64)"><stop offset="0" style="stop-color:#FFF"/><stop offset="1" stop-color="#000"/></linearGradient>
<rect class="st2" width="96" height="64"/><path class="st0" d="M10,10h20v20H10z"/><polyline class="st1" points="40,10 50,30 60,10 "/></g></switch></svg>`;

const INKSCAPE = `<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<svg:svg xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:cc="http://creativecommons.org/ns#" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:svg="http://www.w3.org/2000/svg" xmlns:l="http://www.w3.org/1999/xlink" xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" ${SIZE} sodipodi:docname="a.svg">
<sodipodi:namedview id="base" pagecolor="#ffffff" inkscape:zoom="0.35"/>
<svg:metadata><rdf:RDF><cc:Work rdf:about=""><dc:format>image/svg+xml</dc:format><dc:type rdf:resource="http://purl.org/dc/dcmitype/StillImage"/></cc:Work></rdf:RDF></svg:metadata>
<svg:defs><svg:linearGradient id="a"><svg:stop style="stop-color:#f00;stop-opacity:1" offset="0"/><svg:stop style="stop-color:#00f;stop-opacity:.5" offset="1"/></svg:linearGradient><svg:radialGradient l:href="#a" id="b" cx="48" cy="32" r="30" fx="40" gradientUnits="userSpaceOnUse"/></svg:defs>
<svg:g inkscape:groupmode="layer" inkscape:label="Layer 1"><svg:path style="fill:url(#b);fill-rule:evenodd;stroke:#000;stroke-width:1px;-inkscape-font-specification:'sans-serif Bold'" d="M 5,5 H 90 V 60 H 5 Z" sodipodi:nodetypes="ccccc"/>
<svg:use l:href="#c" transform="translate(20,0) scale(.5)"/><svg:rect id="c" x="2" y="2" width="30" height="30" rx="4" fill="#0a0 icc-color(a, 1, 0)"/></svg:g></svg:svg>`;

/** Drawings of many programs and kinds, none of which runs or loads anything, though some mention addresses. */
export const HARMLESS_SVGS: Readonly<Record<string, string | Buffer>> = {
  Illustrator: ILLUSTRATOR,
  Inkscape: INKSCAPE,
  ...filtered,
  'without a namespace': `<svg ${SIZE}><rect width="50" height="30" fill="#c0f"/></svg>`,
  'in UTF-16': Buffer.from(`\ufeff${svg('<rect width="50" height="30" fill="#c0f" id="é"/>')}`, 'utf16le'),
  'in Latin-1': Buffer.from(
    `<?xml version="1.0" encoding="ISO-8859-1"?>${svg('<style>.é{fill:red}</style><rect class="é" width="50" height="30"/>')}`,
    'latin1',
  ),
  'a style sheet': svg(
    '<style media="screen">/* a */ @media all { rect { fill: rgb(10 200 30 / 50%) } } g > circle:not(.b):nth-child(1), .a\\:b { stroke: hsl(200, 50%, 50%); stroke-width: calc(2px * 2) !important }</style><rect width="50" height="30"/><g><circle cx="50" cy="30" r="20"/></g><path class="a:b" d="M0 60H90"/>',
  ),
  'a style sheet in HTML comments': svg('<style>&lt;!-- rect { fill: #0f0 } --></style><rect width="50" height="30"/>'),
  'a style sheet with an import': svg(
    '<style>@import url("https://fonts.example/css?family=A");rect{fill:#0ff}</style><rect width="50" height="30"/>',
  ),
  'a style sheet with a font': svg(
    '<style>@font-face{font-family:x;src:url(data:font/woff2;base64,AAAA)}rect{fill:#0ff;stroke:red}</style><rect width="50" height="30"/>',
  ),
  'links to other pages': svg(
    '<a href="https://example.com/"><rect width="50" height="30" fill="#f80"/></a><a xlink:href="#b" target="_top"><circle id="b" r="9"/></a>',
  ),
  'an embedded picture': svg(
    `<image width="90" height="60" preserveAspectRatio="none" image-rendering="pixelated" xlink:href="data:image/png;base64,${PNG}"/>`,
  ),
  'an embedded picture on several lines': svg(
    `<image width="90" height="60" preserveAspectRatio="none" href="data:image/png;base64,${PNG.replace(/.{20}/g, '$&\n')}"/>`,
  ),
  'names that are those of pages': svg(
    '<defs><rect id="body" width="30" height="20" fill="red"/><g id="location"><circle id="getElementById" r="20"/></g></defs><use href="#body"/><use href="#location" x="50"/>',
  ),
  'names with colons and brackets': svg(
    '<linearGradient id="a:b(c)"><stop stop-color="red"/></linearGradient><rect width="50" height="30" fill="url(\'#a:b(c)\')"/>',
  ),
  'clips, masks and patterns': svg(
    '<clipPath id="a" clipPathUnits="objectBoundingBox"><circle cx=".5" cy=".5" r=".4"/></clipPath><mask id="b" maskUnits="userSpaceOnUse" maskContentUnits="userSpaceOnUse" x="0" y="0" width="96" height="64" mask-type="luminance"><rect width="60" height="64" fill="#999"/></mask><pattern id="c" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(30) skewX(5)"><rect width="4" height="4" fill="#08f"/></pattern><rect width="96" height="64" fill="url(#c) red" clip-path="url(#a)" mask="url(#b)"/>',
  ),
  markers: svg(
    '<marker id="m" markerWidth="4" markerHeight="4" refX="2" refY="2" orient="auto-start-reverse" markerUnits="strokeWidth" viewBox="0 0 4 4" overflow="visible"><path d="M0 0L4 2L0 4z" fill="context-stroke"/></marker><path d="M10 10L50 50L90 20" fill="none" stroke="#a0a" stroke-width="3" stroke-dasharray="4 2" stroke-miterlimit="2" marker-start="url(#m)" marker-mid="url(#m)" marker-end="url(#m)"/>',
  ),
  'symbols and drawings in drawings': svg(
    '<symbol id="s" viewBox="0 0 10 10" preserveAspectRatio="xMidYMid slice"><rect width="10" height="5" fill="#0aa"/></symbol><use href="#s" width="30" height="40"/><svg x="40" y="5" width="40" height="40" viewBox="0 0 4 4" overflow="hidden"><circle cx="4" cy="4" r="3"/></svg>',
  ),
  text: svg(
    '<defs><path id="p" d="M5 50Q50 10 90 50"/></defs><text x="5" y="20" font-family="DejaVu Sans, \'A (B)\', sans-serif" font-size="12" font-weight="bold" letter-spacing="1" text-anchor="start" xml:space="preserve" xml:lang="en">a  &lt;b&gt; &amp; <tspan dx="2" dy="3" rotate="10" fill="red" baseline-shift="super" text-decoration="underline">c</tspan></text><text font-size="9"><textPath href="#p" startOffset="10%" side="left">on a path</textPath></text><text x="60" y="10" writing-mode="tb" unicode-bidi="embed" direction="rtl" font-size="8">up</text>',
  ),
  'a switch': svg(
    '<switch><g requiredExtensions="http://example.com/no"><rect width="96" height="64" fill="red"/></g><g systemLanguage="xx"><rect width="96" height="64" fill="blue"/></g><g requiredFeatures="http://www.w3.org/TR/SVG11/feature#Shape"><rect width="50" height="30" fill="#070"/></g></switch>',
  ),
  blending: svg(
    '<rect width="60" height="40" fill="#f00"/><g style="isolation:isolate" opacity=".8"><rect x="20" y="20" width="60" height="40" fill="#0f0" style="mix-blend-mode:difference"/></g><circle cx="60" cy="20" r="15" fill="#00f" paint-order="stroke" stroke="#fff" stroke-width="4" vector-effect="non-scaling-stroke" transform="rotate(45 60 20)" transform-origin="center"/>',
  ),
  animations: svg(
    '<rect width="50" height="30" fill="#08f"><animate attributeName="width" values="50;90;50" keyTimes="0;.5;1" calcMode="linear" dur="2s" begin="0s" repeatCount="indefinite"/><set attributeName="fill" to="red" begin="5s"/><animateTransform attributeName="transform" type="rotate" from="0" to="360" dur="3s" additive="sum"/></rect>',
  ),
  gradients: svg(
    '<radialGradient id="r" cx=".5" cy=".5" r=".5" fx=".3" fy=".3" fr=".1" spreadMethod="reflect"><stop offset="10%" stop-color="gold" stop-opacity=".9"/><stop offset="60%" stop-color="currentColor"/></radialGradient><linearGradient id="l" href="#r" x1="0" x2="1" gradientTransform="rotate(20)"/><rect width="96" height="32" fill="url(#r)" color="#408"/><rect y="32" width="96" height="32" fill="url( #l )"/>',
  ),
  'descriptions of shapes': svg(
    '<title>A &lt;shape&gt;: https://example.com</title><desc>url(https://example.com/a.png)</desc><polygon points="5,5 50,5 30,50" fill="teal" fill-rule="evenodd" role="img" aria-label="See: url(x)"/><ellipse cx="70" cy="30" rx="20" ry="9" shape-rendering="crispEdges"/><line x1="0" y1="60" x2="90" y2="60" stroke="red"/>',
  ),
};
