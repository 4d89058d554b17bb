/** The part of jsdom that is used here. Its own types bring all globals of browsers into every file of the project. */
declare module 'jsdom' {
  export interface DomNode {
    readonly nodeType: number;
    readonly firstChild: DomNode | null;
    readonly nextSibling: DomNode | null;
    readonly ownerDocument: DomDocument;
    textContent: string | null;
    appendChild(child: DomNode): void;
    replaceWith(other: DomNode): void;
    remove(): void;
  }

  export interface DomAttribute {
    readonly name: string;
    readonly localName: string;
    readonly prefix: string | null;
    readonly namespaceURI: string | null;
    readonly value: string;
  }

  export interface DomElement extends DomNode {
    readonly localName: string;
    readonly prefix: string | null;
    readonly namespaceURI: string | null;
    readonly attributes: ArrayLike<DomAttribute>;
    getAttribute(name: string): string | null;
    setAttributeNS(namespace: string | null, name: string, value: string): void;
    removeAttributeNode(attribute: DomAttribute): void;
  }

  export interface DomDocument extends DomNode {
    readonly documentElement: DomElement;
    createElementNS(namespace: string, name: string): DomElement;
    createTextNode(text: string): DomNode;
  }

  interface DomWindow {
    DOMParser: new () => { parseFromString(text: string, type: string): DomDocument };
    XMLSerializer: new () => { serializeToString(node: DomNode): string };
  }

  export class JSDOM {
    readonly window: DomWindow;
  }
}
