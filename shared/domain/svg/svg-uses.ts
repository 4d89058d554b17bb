import type { OpenDrawing } from './svg-documents.ts';
import { costlier, plainStyle, type Stroking, stroking, UNSTROKED } from './svg-frames.ts';
import { readMarkup, type Visitor } from './svg-markup.ts';
import { sideOf } from './svg-shapes.ts';

const USE = /[<:]use[\s/>]/;
/** Attributes by which elements show others. */
export const HREF = /^(?:href|path|.*:href)$/;

/** What elements named `use` show, and how these are stroked at most: what they show takes that over, wherever it stands. */
export class Uses implements Visitor {
  stroke = UNSTROKED;
  readonly names = new Set<string>();
  /** Whether one of them shows another drawing. */
  isOutside = false;
  /** Units of the longest side of what they show. */
  mostSide = 0;
  private isOpen = false;
  private readonly levels: ReadonlyMap<string, string>[] = [];
  /** Of the outermost levels, how they are stroked. */
  private readonly strokes: Stroking[] = [];

  read(documents: readonly OpenDrawing[], isOpen: boolean): void {
    if (!isOpen && !documents.some(({ text }) => USE.test(text))) return;
    // What is included is within elements that are not known here.
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
