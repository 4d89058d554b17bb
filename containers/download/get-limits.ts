import { limitsView } from '../../shared/contracts/api/limits-view.ts';
import { ECONOMY_MODES } from '../../shared/domain/economy-mode.ts';
import type { Handler } from '../../shared/http/server.ts';
import type { EconomyMode } from '../../shared/services/economy-mode.ts';
import { CACHE_ONE_MINUTE } from './cache-control.ts';
import { sendText } from './send-text.ts';

/** `GET /v1/limits` */
export function getLimits(
  settings: Omit<Parameters<typeof limitsView>[0], 'economyMode'>,
  economyMode: EconomyMode,
): Handler {
  const [on, off] = ECONOMY_MODES.map((mode) => JSON.stringify(limitsView({ ...settings, economyMode: mode })));
  const text = () => (economyMode.isOn() ? String(on) : String(off));
  return (request, h) =>
    sendText(request, h, { text: text(), type: 'application/json', cacheControl: CACHE_ONE_MINUTE });
}
