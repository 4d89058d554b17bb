/** The lines of a path or a polygon, including those that close it. A curve or an arc is given as the lines between its control points. */
export interface Outline {
  /** Four numbers for each line: x and y of its beginning and of its end. */
  lines: readonly number[];
  /** The number of curves (an arc counts as several), and the sum of the lengths of the lines between their control points. */
  curves: number;
  curved: number;
  /** The size of the box around all points, including those from which nothing is drawn. */
  width: number;
  height: number;
}

/** How many numbers each command takes. */
const NUMBERS: Readonly<Record<string, number>> = { m: 2, l: 2, h: 1, v: 1, c: 6, s: 4, q: 4, t: 2, a: 7, z: 0 };

/** The most curves that an arc is made of. */
const CURVES_OF_ARC = 4;

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isSign = (code: number): boolean => code === 0x2b || code === 0x2d;
const POINT = 0x2e;
const COMMA = 0x2c;
/** So that sums of numbers stay numbers. */
const LARGEST = 1e30;

/** Reads the numbers and commands of path data, one after the other. */
class Tokens {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The letter of the next command; undefined if a number comes first; empty at the end. */
  command(): string | undefined {
    const { text } = this;
    for (; this.at < text.length; this.at += 1) {
      const code = text.charCodeAt(this.at);
      if (isDigit(code) || isSign(code) || code === POINT) return undefined;
      const letter = text[this.at] ?? '';
      if (letter.toLowerCase() in NUMBERS) {
        this.at += 1;
        return letter;
      }
    }
    return '';
  }

  /** The next number; undefined if a command comes first. */
  number(): number | undefined {
    const { text } = this;
    let code = this.nextCode();
    const from = this.at;
    let end = from;
    if (isSign(code)) end += 1;
    let value = 0;
    const whole = end;
    for (code = text.charCodeAt(end); isDigit(code); code = text.charCodeAt(end)) {
      value = value * 10 + code - 0x30;
      end += 1;
    }
    let digits = end - whole;
    if (code === POINT) {
      end += 1;
      let unit = 0.1;
      for (code = text.charCodeAt(end); isDigit(code); code = text.charCodeAt(end)) {
        value += unit * (code - 0x30);
        unit /= 10;
        digits += 1;
        end += 1;
      }
    }
    if (digits === 0) return undefined;
    if (code === 0x65 || code === 0x45) {
      const exponent = this.exponentAt(end + 1);
      value *= 10 ** exponent.value;
      end = exponent.end ?? end;
    }
    this.at = end;
    value = Math.min(value, LARGEST);
    return text.charCodeAt(from) === 0x2d ? -value : value;
  }

  /** The next character that is neither white space nor a comma. */
  private nextCode(): number {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (!(code <= 0x20 || code === COMMA)) return code;
      this.at += 1;
    }
  }

  private exponentAt(from: number): { value: number; end?: number } {
    const { text } = this;
    const first = isSign(text.charCodeAt(from)) ? from + 1 : from;
    let value = 0;
    let end = first;
    for (; isDigit(text.charCodeAt(end)); end += 1) value = Math.min(400, value * 10 + text.charCodeAt(end) - 0x30);
    if (end === first) return { value: 0 };
    return { value: text.charCodeAt(from) === 0x2d ? -value : value, end };
  }

  skip(): void {
    this.at += 1;
  }

  /** A flag of an arc, which needs no separator after it. */
  flag(): number | undefined {
    const code = this.nextCode();
    if (code !== 0x30 && code !== 0x31) return undefined;
    this.at += 1;
    return code - 0x30;
  }
}

/** Collects lines from point to point, and closes a subpath whenever another begins. */
class Pen {
  x = 0;
  y = 0;
  private startX = 0;
  private startY = 0;
  private readonly lines: number[] = [];
  /** The last control point and the end of the last curve. */
  private controlX = 0;
  private controlY = 0;
  private curveX = NaN;
  private curveY = NaN;
  curves = 0;
  curved = 0;
  private left = Infinity;
  private top = Infinity;
  private right = -Infinity;
  private bottom = -Infinity;

  private reach(x: number, y: number): void {
    this.left = Math.min(this.left, x);
    this.top = Math.min(this.top, y);
    this.right = Math.max(this.right, x);
    this.bottom = Math.max(this.bottom, y);
  }

  move(x: number, y: number): void {
    this.close();
    this.x = this.startX = x;
    this.y = this.startY = y;
    this.reach(x, y);
  }

  line(x: number, y: number): void {
    this.lines.push(this.x, this.y, x, y);
    this.x = x;
    this.y = y;
    this.reach(x, y);
  }

  /** Adds a line between control points. */
  private control(x: number, y: number): void {
    this.curved += Math.abs(x - this.x) + Math.abs(y - this.y);
    this.line(x, y);
  }

  /** The first control point of a smooth curve, which mirrors the last one of a curve before it. */
  mirrored(): [number, number] {
    const isBehindCurve = this.curveX === this.x && this.curveY === this.y;
    return isBehindCurve ? [2 * this.x - this.controlX, 2 * this.y - this.controlY] : [this.x, this.y];
  }

  /** Adds a curve by its control points and its end. */
  curve(points: readonly number[]): void {
    for (let at = 0; at < points.length; at += 2) {
      [this.controlX, this.controlY] = [this.x, this.y];
      this.control(points[at] ?? 0, points[at + 1] ?? 0);
    }
    [this.curveX, this.curveY] = [this.x, this.y];
    this.curves += 1;
  }

  /** Adds an arc as a box around it: any arc is within twice its radii from where it begins. */
  arc(rx: number, ry: number, to: { x: number; y: number }): void {
    const { x, y } = this;
    const chord = Math.hypot(to.x - x, to.y - y);
    const radius = 2 * Math.max(Math.abs(rx), Math.abs(ry), chord);
    // Small arcs, such as rounded corners, are within the length of their chord.
    const reach = Math.max(Math.abs(rx), Math.abs(ry)) <= chord ? chord : radius;
    this.control(x - reach, y - reach);
    this.control(x + reach, y - reach);
    this.control(x + reach, y + reach);
    this.control(to.x, to.y);
    this.curves += CURVES_OF_ARC;
  }

  close(): void {
    if (this.x !== this.startX || this.y !== this.startY) this.line(this.startX, this.startY);
  }

  outline(): Outline {
    this.close();
    const { lines, curves, curved } = this;
    const [width, height] = [Math.max(0, this.right - this.left), Math.max(0, this.bottom - this.top)];
    return { lines, curves, curved, width, height };
  }
}

/** The lines of path data (SVG 1.1, 8.3), never too few. Data after an error are counted too, although they are not drawn. */
export function outlineOfPath(text: string): Outline {
  const tokens = new Tokens(text);
  const pen = new Pen();
  const numbers = [0, 0, 0, 0, 0, 0, 0];
  let command = 'M';
  for (;;) {
    const next = tokens.command();
    if (next === '') return pen.outline();
    if (next !== undefined) command = next;
    const kind = command.toLowerCase();
    if (kind === 'z') {
      pen.close();
      if (next === undefined) tokens.skip();
      continue;
    }
    const count = NUMBERS[kind] ?? 0;
    let read = 0;
    for (; read < count; read += 1) {
      const number = kind === 'a' && (read === 3 || read === 4) ? tokens.flag() : tokens.number();
      if (number === undefined) break;
      numbers[read] = number;
    }
    if (read < count) {
      if (next === undefined && read === 0) tokens.skip();
      continue;
    }
    const isRelative = command === kind;
    draw(pen, kind, numbers, isRelative ? pen : ORIGIN);
    if (kind === 'm') command = isRelative ? 'l' : 'L';
  }
}

const ORIGIN = { x: 0, y: 0 };

/** Draws one command, whose numbers are relative to a point. */
function draw(pen: Pen, kind: string, numbers: readonly number[], { x, y }: { x: number; y: number }): void {
  const at = (index: number) => numbers[index] ?? 0;
  if (kind === 'm') pen.move(x + at(0), y + at(1));
  else if (kind === 'l') pen.line(x + at(0), y + at(1));
  else if (kind === 'h') pen.line(x + at(0), pen.y);
  else if (kind === 'v') pen.line(pen.x, y + at(0));
  else if (kind === 'a') pen.arc(at(0), at(1), { x: x + at(5), y: y + at(6) });
  else if (kind === 'c') pen.curve([x + at(0), y + at(1), x + at(2), y + at(3), x + at(4), y + at(5)]);
  else if (kind === 'q') pen.curve([x + at(0), y + at(1), x + at(2), y + at(3)]);
  else if (kind === 's') pen.curve([...pen.mirrored(), x + at(0), y + at(1), x + at(2), y + at(3)]);
  else pen.curve([...pen.mirrored(), x + at(0), y + at(1)]);
}

/** The lines of a polygon or a polyline. */
export function outlineOfPoints(text: string): Outline {
  const tokens = new Tokens(text);
  const pen = new Pen();
  let isFirst = true;
  for (;;) {
    const [x, y] = [tokens.number(), tokens.number()];
    if (x === undefined || y === undefined) return pen.outline();
    if (isFirst) pen.move(x, y);
    else pen.line(x, y);
    isFirst = false;
  }
}

/** The outline of a rectangle, or of an ellipse or a rounded shape inside it if `isRound`. */
export function outlineOfBox(width: number, height: number, isRound: boolean): Outline {
  const pen = new Pen();
  pen.move(0, 0);
  pen.line(width, 0);
  pen.line(width, height);
  pen.line(0, height);
  return { ...pen.outline(), curves: isRound ? CURVES_OF_ARC : 0, curved: isRound ? 2 * (width + height) : 0 };
}
