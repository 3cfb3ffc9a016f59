import { type Settings, SettingsError } from '@app/config';
import type { Logger } from '@app/observability';
import { keepingFaults, readKeeping, type RedisConnection } from '@app/redis';

/**
 * Asks Redis whether it keeps messages as safely as the settings say.
 * @throws SettingsError when it would lose what is promised to be kept
 */
export const checkDurability = async (
  { durability, replicasMin }: Pick<Settings, 'durability' | 'replicasMin'>,
  redis: RedisConnection,
  logger: Pick<Logger, 'warn'>,
): Promise<void> => {
  const keepings = await readKeeping(redis);
  const faults = keepings.flatMap((keeping) => keepingFaults(keeping, durability, replicasMin));
  const broken = faults.filter(({ isBroken }) => isBroken);
  if (broken.length > 0) throw new SettingsError(broken.map(({ text }) => `DURABILITY: Redis at ${text}`).join('\n'));
  for (const { text } of faults) logger.warn({ durability }, `Redis at ${text}`);
};
