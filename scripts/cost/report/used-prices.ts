import type { PriceBook } from '../../../stacks/prices/price-book.ts';
import type { PriceName } from '../../../stacks/prices/price-units.ts';
import type { CostReport } from './cost-report.ts';
import type { UsedPrice } from './html/assumption-section.ts';

/** The rows of the price book that the lines of a report have used, by name. */
export const usedPrices = ({ lines }: CostReport, book: PriceBook): UsedPrice[] =>
  [...new Set(lines.flatMap(({ prices }) => prices))].sort().map((name) => ({ name, ...book.row(name as PriceName) }));
