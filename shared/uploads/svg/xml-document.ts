import { type DomAttribute, type DomElement, type DomNode, JSDOM } from 'jsdom';
import { ImageServiceError } from '../../domain/errors.ts';
import { IMAGE_FORMATS } from '../../domain/formats/image-format.ts';
import { plainSvg } from '../../domain/svg/svg-entities.ts';

export const SVG = 'http://www.w3.org/2000/svg';
const XLINK = 'http://www.w3.org/1999/xlink';
const XML = 'http://www.w3.org/XML/1998/namespace';
const XMLNS = 'http://www.w3.org/2000/xmlns/';

/** Types of nodes (DOM Standard, 4.4). */
const NODE = { element: 1, cdata: 4, instruction: 7, comment: 8, doctype: 10 } as const;

/** Nodes that are left out, and their words. The words of comments, which do nothing, are not wanted. */
const DROPPED: Readonly<Record<number, string | undefined>> = {
  [NODE.instruction]: 'processing instruction',
  [NODE.comment]: undefined,
  [NODE.doctype]: 'document type',
};

/** A window of jsdom, which runs no scripts and loads nothing. */
export const { window } = new JSDOM();

const refused = (what: string): ImageServiceError => new ImageServiceError('image_unreadable', `The SVG ${what}`);

/**
 * Parses a drawing as XML. Its document type and entities, instructions and comments are left out; elements and links get the names that
 * DOMPurify knows, whichever prefixes the drawing has for their namespaces. `removed` gets words for what is left out. Throws
 * `image_unreadable` for what is not well-formed XML, or no SVG.
 */
export function parseSvg(bytes: Buffer, removed: Set<string>): DomElement {
  const text = plainSvg(bytes).toString();
  const document = new window.DOMParser().parseFromString(text, IMAGE_FORMATS.svg.mediaType);
  const { documentElement: root } = document;
  // The parser tells of errors by a document of its own.
  if (root.localName === 'parsererror') {
    const [, line, reason] = /^(\d+):\d+: (.*)$/m.exec(root.textContent ?? '') ?? [];
    throw refused(`is not well-formed XML: line ${line}: ${reason}`);
  }
  if (root.localName !== 'svg' || !isOfSvg(root))
    throw refused(`has a root element that is not in the namespace of SVG. Give it xmlns="${SVG}".`);
  for (const child of childrenOf(document)) if (child.nodeType in DROPPED) drop(child, removed);
  return tidied(root, removed);
}

/** Writes a tree as XML in UTF-8. */
export const writeSvg = (root: DomElement): Buffer => Buffer.from(new window.XMLSerializer().serializeToString(root));

export function childrenOf(parent: DomNode): DomNode[] {
  const children: DomNode[] = [];
  for (let child = parent.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

function drop(node: DomNode, removed: Set<string>): void {
  const word = DROPPED[node.nodeType];
  if (word !== undefined) removed.add(word);
  node.remove();
}

export const isElement = (node: DomNode): node is DomElement => node.nodeType === NODE.element;

/** Gives a tree's elements and attributes their usual names; CDATA becomes text. Without recursion, since drawings may be nested deeply. */
function tidied(root: DomElement, removed: Set<string>): DomElement {
  const top = renamed(root, removed);
  const left = [top];
  for (let parent = left.pop(); parent; parent = left.pop()) {
    for (const child of childrenOf(parent)) {
      if (isElement(child)) left.push(renamed(child, removed));
      else if (child.nodeType in DROPPED) drop(child, removed);
      else if (child.nodeType === NODE.cdata) toText(child);
    }
  }
  return top;
}

function toText(cdata: DomNode): void {
  const { textContent: text, ownerDocument } = cdata;
  if (text) cdata.replaceWith(ownerDocument.createTextNode(text));
  else cdata.remove();
}

/** As for librsvg: names without a namespace are those of SVG. */
const isOfSvg = ({ namespaceURI }: DomElement): boolean => namespaceURI === SVG || namespaceURI === null;

/** An element of SVG in its namespace, under its name without a prefix; another is left as it is, to be removed. */
function renamed(element: DomElement, removed: Set<string>): DomElement {
  for (const attribute of Array.from(element.attributes)) renameAttribute(element, attribute, removed);
  if (!isOfSvg(element) || (element.namespaceURI === SVG && element.prefix === null)) return element;
  const plain = element.ownerDocument.createElementNS(SVG, element.localName);
  for (const { namespaceURI, name, value } of Array.from(element.attributes))
    plain.setAttributeNS(namespaceURI, name, value);
  for (const child of childrenOf(element)) plain.appendChild(child);
  element.replaceWith(plain);
  return plain;
}

/** Gives links their usual prefix, and removes what programs that draw write for themselves: attributes of other namespaces. */
function renameAttribute(element: DomElement, attribute: DomAttribute, removed: Set<string>): void {
  const { namespaceURI, prefix, localName, name, value } = attribute;
  if (namespaceURI === null || namespaceURI === XML) return;
  const isOfXlink = namespaceURI === XLINK || (namespaceURI === XMLNS && prefix !== null && value === XLINK);
  const isWanted = isOfXlink || (name === 'xmlns' && value === SVG);
  const rightName = namespaceURI === XLINK ? `xlink:${localName}` : prefix === null ? name : 'xmlns:xlink';
  if (isWanted && rightName === name) return;
  element.removeAttributeNode(attribute);
  if (isWanted) element.setAttributeNS(namespaceURI, rightName, value);
  else if (namespaceURI !== XMLNS) removed.add('attribute of another namespace');
}
