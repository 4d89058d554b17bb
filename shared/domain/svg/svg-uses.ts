import type { OpenDrawing } from './svg-documents.ts';
import { readMarkup, type Visitor } from './svg-markup.ts';
import { plainStyle } from './svg-properties.ts';
import { sideOf } from './svg-shapes.ts';
import { costlier, type Stroking, stroking, UNSTROKED } from './svg-strokes.ts';

const USE = /[<:]use[\s/>]/;
/** Attributes by which elements refer to others that they show. */
export const HREF = /^(?:href|path|.*:href)$/;

/** The targets of `use` elements, and the costliest stroke of these elements, which their targets inherit. */
export class Uses implements Visitor {
  stroke = UNSTROKED;
  readonly names = new Set<string>();
  /** Whether a `use` refers to another drawing. */
  isOutside = false;
  /** The longest side that a `use` gives its target, in user units. */
  mostSide = 0;
  private isOpen = false;
  private readonly levels: ReadonlyMap<string, string>[] = [];
  /** The strokes of the outermost levels. */
  private readonly strokes: Stroking[] = [];

  read(documents: readonly OpenDrawing[], isOpen: boolean): void {
    if (!isOpen && !documents.some(({ text }) => USE.test(text))) return;
    // Included documents are inside elements that are not known here.
    this.isOpen = isOpen;
    for (const { text, from } of documents) readMarkup(text, from, this);
  }

  begin(name: string, attributes: ReadonlyMap<string, string>): void {
    this.levels.push(attributes);
    if (name !== 'use' && !this.isOpen) return;
    for (const each of this.levels.slice(this.strokes.length)) {
      const style = plainStyle(each.get('style') ?? '');
      this.strokes.push(stroking(this.strokes.at(-1) ?? UNSTROKED, each, style));
    }
    this.stroke = costlier(this.stroke, this.strokes.at(-1) ?? UNSTROKED);
    if (name !== 'use') return;
    this.mostSide = Math.max(this.mostSide, sideOf(attributes, 1));
    for (const [key, value] of attributes) {
      if (!HREF.test(key)) continue;
      if (value.trim().startsWith('#')) this.names.add(value.trim().slice(1));
      else this.isOutside = true;
    }
  }

  end(): void {
    this.levels.pop();
    if (this.strokes.length > this.levels.length) this.strokes.pop();
  }
}
